"""The pages of UTM builder and link checker, and who may use them."""

import csv
import html
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from attribution import scope
from attribution.links.pasted import MOST_LINKS
from attribution.models import Campaign, Lead, Membership, NamingRules
from attribution.utm import captured_from_link
from tests.attribution.pages import post, url
from tests.factories import make_campaign, make_company, make_lead

pytestmark = pytest.mark.django_db

BUILDER, CHECKER = reverse("tools:utm-builder"), reverse("tools:link-checker")
BUILDER_CSV, CHECKER_CSV = reverse("tools:utm-builder-csv"), reverse("tools:link-checker-csv")
HOME = "https://example.com/"


@pytest.fixture(autouse=True)
def admin(signed_in):
    return signed_in("company_admin")


def asked(**changes):
    return {"campaign": "spring", "page": HOME, "source": "google", "medium": "cpc"} | changes


def table(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def made(client, **changes):
    """The links that the builder makes, or what it says instead."""
    context = client.post(BUILDER, asked(**changes)).context
    form = context["form"]
    if not form.is_valid():
        return [str(error) for errors in form.errors.values() for error in errors]
    return [link.url for link, __ in context["links"]]


class TestBuilder:
    def test_one_link_for_each_row(self, client, company):
        make_campaign(company, "spring", name="Spring promo")
        rows = {"source": ["google", "Facebook ", "", "google"], "medium": ["cpc", "Paid Social"]}
        rows["medium"] += ["", "cpc"]
        assert made(client, campaign="Spring promo", **rows) == [
            f"{HOME}?utm_source=google&utm_medium=cpc&utm_campaign=spring",
            f"{HOME}?utm_source=facebook&utm_medium=paid-social&utm_campaign=spring",
        ]

    def test_a_lead_by_a_made_link_counts_for_its_campaign(self, client, company):
        campaign = make_campaign(company, "spring sale")
        [link] = made(client, campaign="Spring Sale", page=HOME + "?utm_campaign=old&x=1#top")
        lead = make_lead(company, landing_page=link, **captured_from_link(link))
        assert lead.campaign == campaign

    def test_a_new_name_is_written_by_the_rules_and_shown(self, client, company):
        NamingRules.objects.create(company=company, separator="_")
        answer = client.post(BUILDER, asked(campaign="", new_name="Autumn Clearance"))
        assert "utm_campaign=autumn_clearance" in answer.content.decode()
        assert "is written “autumn_clearance”" in answer.content.decode()
        assert not Campaign.objects.filter(company=company).exists()

    def test_a_name_close_to_a_campaign_asks_which_was_meant(self, client, company):
        make_campaign(company, "spring_sale", name="Spring")
        page = client.post(BUILDER, asked(campaign="", new_name="Spring Sale"))
        assert "Did you mean “Spring” (spring_sale)?" in page.content.decode()
        [link] = made(client, campaign="", new_name="Spring Sale", use="spring_sale")
        assert link.endswith("utm_campaign=spring_sale")

    def test_a_new_name_that_is_here_already_is_said_to_be(self, client, company):
        make_campaign(company, "spring-sale", name="Spring")
        page = client.post(BUILDER, asked(campaign="", new_name="Spring Sale"))
        assert "the links count for “Spring”" in page.content.decode()

    def test_sources_and_media_that_are_not_on_the_list_are_refused(self, client, company):
        make_campaign(company, "spring")
        NamingRules.objects.create(company=company, sources=["bing"], mediums=["cpc"])
        page = client.post(BUILDER, asked()).content.decode()
        assert "“google” is not on the company&#x27;s list: bing." in page
        assert "No links were made" in page
        assert made(client, source="Bing") == [
            f"{HOME}?utm_source=bing&utm_medium=cpc&utm_campaign=spring"
        ]

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"campaign": ""}, "Choose a campaign, or write a new name"),
            ({"campaign": "sprang"}, "No campaign is called “sprang”"),
            ({"new_name": "x"}, "not both"),
            ({"campaign": "Twice"}, "Several campaigns are called “Twice”. Write one of: a1, b2."),
            ({"campaign": "", "new_name": "{x}"}, "is a placeholder"),
            ({"campaign": "", "new_name": "--"}, "would be read as no campaign"),
            ({"page": ""}, "Which page"),
            ({"page": "example.com"}, "Begin it with https://"),
            ({"source": "", "medium": ""}, "Fill in one row"),
            ({"source": "{{site}}"}, "Some rows"),
            ({"medium": ""}, "Some rows"),
        ],
    )
    def test_what_cannot_be_made_is_said(self, client, company, changes, words):
        for key, name in (("spring", ""), ("a1", "Twice"), ("b2", "Twice")):
            make_campaign(company, key, name=name)
        assert words in " ".join(made(client, **changes))

    def test_more_rows_keeps_what_was_typed_and_finds_no_fault_yet(self, client):
        page = client.post(BUILDER, asked(page="", more="yes"))
        assert [row.source for row in page.context["form"].rows] == ["google"] + [""] * 5
        assert 'value="spring"' in page.content.decode()
        assert "errorlist" not in page.content.decode()

    def test_campaign_and_page_may_come_with_the_address(self, client):
        page = client.get(BUILDER, {"campaign": "spring", "page": HOME}).content.decode()
        assert 'value="spring"' in page
        assert f'value="{HOME}"' in page

    def test_a_link_can_be_made_a_short_one(self, client, company):
        make_campaign(company, "spring & co")
        page = client.post(BUILDER, asked(campaign="spring & co")).content.decode()
        [address] = re.findall(r'href="([^"]+shortlink/add/[^"]+)"', page)
        form = client.get(html.unescape(address)).context["adminform"].form
        assert form["target"].value() == f"{HOME}?utm_source=google&utm_medium=cpc" + (
            "&utm_campaign=spring%20%26%20co"
        )
        assert (form["source"].value(), form["medium"].value()) == ("google", "cpc")
        assert str(form["company"].value()) == str(company.pk)

    def test_all_links_as_csv_with_its_formulas_tied_up(self, client, company):
        make_campaign(company, "spring")
        rows = {"source": ["google", "@x"], "medium": ["cpc", "=1+1"], "term": "+1"}
        found = table(client.post(BUILDER_CSV, asked(**rows)))
        assert [row["utm_source"] for row in found] == ["google", "'@x"]
        assert found[1]["utm_term"] == "'+1"
        assert found[1]["url"].startswith(f"{HOME}?utm_source=%40x&utm_medium=%3D1-1")

    def test_a_csv_of_nothing_is_the_page_with_what_is_wrong(self, client):
        answer = client.post(BUILDER_CSV, asked(page=""))
        assert "No links were made" in answer.content.decode()

    @pytest.mark.parametrize(("kind", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
    def test_the_code_of_a_link_is_a_download(self, client, kind, start):
        answer = client.post(reverse("tools:utm-builder-qr", args=[kind]), {"link": HOME})
        assert answer.content.startswith(start)
        assert answer["Content-Disposition"] == f'attachment; filename="qr-code.{kind}"'

    @pytest.mark.parametrize(
        ("kind", "link", "status"),
        [("png", "javascript:x", 400), ("png", HOME + "x" * 1600, 400), ("exe", HOME, 404)],
    )
    def test_of_what_is_no_link_there_is_no_code(self, client, kind, link, status):
        address = reverse("tools:utm-builder-qr", args=[kind])
        assert client.post(address, {"link": link}).status_code == status


class TestChecker:
    def test_pasted_links_are_read_and_nothing_is_stored(self, client, company):
        make_campaign(company, "spring", name="Spring promo")
        links = f'\n"{HOME}?utm_source=A&utm_campaign=spring"\n\n{HOME}\n'
        page = client.post(CHECKER, {"links": links}).content.decode()
        assert "Spring promo" in page
        assert "utm_medium is missing." in page
        assert "Unattributed: No UTM values (direct)" in page
        assert not Lead.objects.exists()
        assert Campaign.objects.count() == 1

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("a.csv", "name,URL\nx,https://a.example/?utm_source=a\n,\ny,https://b.example/\n"),
            ("a.csv", "Landing_Page;cost\nhttps://a.example/;1\nhttps://b.example/;2\n"),
            ("a.csv", "anything\nhttps://a.example/\nhttps://b.example/\n"),
            ("a.txt", "https://a.example/?x=1,2;3\n\nhttps://b.example/\n"),
            ("a.txt", "\ufeffhttps://a.example/\r\nhttps://b.example/\r\n"),
        ],
    )
    def test_links_in_a_file(self, client, name, content):
        file = SimpleUploadedFile(name, content.encode())
        checked = client.post(CHECKER, {"file": file}).context["checked"]
        assert [one.link[:18] for __, one in checked] == [
            "https://a.example/",
            "https://b.example/",
        ]

    @pytest.mark.parametrize(
        ("links", "file", "words"),
        [
            ("", None, "Paste a link"),
            ("\n".join([HOME] * (MOST_LINKS + 1)), None, "At most 1,000 links"),
            ("", b"a,b\n1,2\n", "no column of links"),
            ("", b"%PDF-1.4", "is a PDF"),
        ],
    )
    def test_what_cannot_be_checked_is_said(self, client, links, file, words):
        upload = {"file": SimpleUploadedFile("a.csv", file)} if file else {}
        page = client.post(CHECKER, {"links": links, **upload}).content.decode()
        assert words in page
        assert "Nothing was checked." in page

    def test_a_thousand_links_take_no_more_queries_than_one(
        self, client, company, django_assert_max_num_queries
    ):
        make_campaign(company, "spring")
        with django_assert_max_num_queries(15):
            page = client.post(CHECKER, {"links": f"{HOME}?utm_campaign=spring\n" * MOST_LINKS})
        assert page.context["counts"]["all"] == MOST_LINKS

    def test_the_result_as_csv_is_in_the_order_of_the_links(self, client, company):
        make_campaign(company, "spring")
        good = f"{HOME}?utm_source=a&utm_medium=b&utm_campaign=spring"
        found = table(client.post(CHECKER_CSV, {"links": f"{good}\n=cmd()\n{HOME}"}))
        assert [row["row"] for row in found] == ["1", "2", "3"]
        assert found[0]["wrong"] == ""
        assert found[1]["link"] == "'=cmd()"
        assert "no UTM values" in found[2]["wrong"]


class TestRights:
    @pytest.mark.parametrize(
        ("role", "status"),
        [("viewer", 403), ("owner", 200), ("utm_admin", 200), ("company_admin", 200)],
    )
    def test_who_may_use_the_tools(self, signed_in, client, role, status):
        signed_in(role)
        for page in (BUILDER, CHECKER):
            assert client.get(page).status_code == status
            assert client.post(page, asked()).status_code == status
        shown = "UTM builder" in client.get(reverse("admin:index")).content.decode()
        assert shown is (status == 200)

    def test_forms_without_a_token_are_refused(self, admin):
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(admin)
        for address in (BUILDER, CHECKER, BUILDER_CSV, CHECKER_CSV):
            assert strict.post(address, asked()).status_code == 403

    def test_only_the_campaigns_and_rules_of_the_company_are_known(self, client, company, admin):
        with scope.all_companies():
            other = make_company(slug="theirs")
            make_campaign(other, "secret-sale", name="Secret")
            NamingRules.objects.create(company=other, sources=["secret"])
        page = client.post(BUILDER, asked(campaign="", new_name="secret sale")).content.decode()
        assert "Secret" not in page
        assert "Secret" not in client.get(BUILDER).content.decode()
        link = f"{HOME}?utm_source=a&utm_medium=b&utm_campaign=secret_sale"
        [(__, checked)] = client.post(CHECKER, {"links": link}).context["checked"]
        assert (checked.counts_for, checked.faults) == ("New campaign “secret_sale”", [])
        for address in (BUILDER, CHECKER, BUILDER_CSV, CHECKER_CSV):
            assert client.post(address + "?company=theirs", asked()).status_code == 404

    def test_the_company_is_chosen_in_the_address(self, client, signed_in, company):
        user = signed_in("owner")
        with scope.all_companies():
            second = make_company(name="Second", slug="second")
            Membership.objects.create(user=user, company=second, role="owner")
            make_campaign(second, "second-sale")
        page = client.get(BUILDER + "?company=second").content.decode()
        assert 'value="second-sale"' in page
        assert 'value="second" selected' in page
        assert 'value="second-sale"' not in client.get(BUILDER).content.decode()


class TestNamingRules:
    def test_an_admin_writes_one_value_a_line(self, client, company):
        data = {"company": company.pk, "separator": "-", "date_part": "year", "lower_case": "on"}
        lists = {"sources": "Google\n\nbing \n google", "mediums": ""}
        assert post(client, url("attribution_namingrules", "add"), **data, **lists) == []
        row = NamingRules.objects.get()
        assert (row.sources, row.mediums) == (["google", "bing"], [])
        page = client.get(url("attribution_namingrules", "change", row.pk)).content.decode()
        assert "google\nbing</textarea>" in page

    def test_a_company_has_them_once(self, client, company):
        NamingRules.objects.create(company=company)
        data = {"company": company.pk, "separator": "", "date_part": "none"}
        errors = post(client, url("attribution_namingrules", "add"), **data)
        assert errors == ["This company has its naming rules already. Edit those."]

    def test_they_do_not_fix_zone_and_currency(self, client, company):
        NamingRules.objects.create(company=company)
        page = client.get(url("attribution_company", "change", company.pk)).content.decode()
        assert 'name="currency"' in page

    def test_a_superuser_without_a_role_may_use_the_tools(self, client, admin_user):
        client.force_login(admin_user)
        assert client.get(BUILDER).status_code == 200
