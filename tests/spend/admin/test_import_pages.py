"""The pages of an import of spend: what they say of changes, and where they lead."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from attribution.models import ImportRun, Membership
from spend.models import SpendEntry
from tests.attribution.import_files import take_in
from tests.factories import make_campaign, make_company
from tests.spend.admin.conftest import url

pytestmark = pytest.mark.django_db
FILE = "Campaign,Campaign ID,Day,Currency code,Cost\n"
KEPT = "a,1,2026-03-02,EUR,5.00\n"


def test_the_days_of_an_import_are_also_those_of_which_it_removed_something(
    client, company, signed_in
):
    user = signed_in()
    make_campaign(company, "a")
    take_in(company, "spend", f"{FILE}a,1,2026-03-01,EUR,1.00\n{KEPT}b,2,2026-03-02,EUR,2.00\n")
    run = take_in(company, "spend", f"{FILE}a,1,2026-03-01,EUR,9.00\n{KEPT}", author=user).run
    done = client.get(url("spendentry", "import_done", run.token))
    assert (done.context["first"], done.context["last"]) == (date(2026, 3, 1), date(2026, 3, 2))
    assert "from=2026-03-01&amp;to=2026-03-02" in done.content.decode()
    client.post(url("spendentry", "import_undo", run.token))
    assert SpendEntry.objects.filter(campaign_name="b").exists()
    undone = client.get(url("spendentry", "import_done", run.token))
    assert "This import was undone" in undone.content.decode()


def test_the_history_says_the_time_as_the_pages_of_the_import_do(client, company, signed_in):
    user = signed_in()
    company.timezone = "Asia/Tokyo"
    company.save()
    run = take_in(company, "spend", f"{FILE}{KEPT}", author=user).run
    ImportRun.objects.filter(pk=run.pk).update(started_at="2026-03-01T20:30:00Z")
    listed = client.get(reverse("admin:attribution_importrun_changelist")).content.decode()
    assert "2 Mar 2026, 05:30" in listed


def test_whose_file_it_is_is_asked_where_it_may_be_of_several(client, company, signed_in):
    user = signed_in()
    upload = url("spendentry", "import")
    assert '<option value="">' not in client.get(upload).content.decode().partition("day_order")[0]
    other = make_company(name="Aardvark")
    Membership.objects.create(company=other, user=user, role="company_admin")
    assert '<option value="" selected>Choose a company' in client.get(upload).content.decode()
    posted = client.post(upload, {"company": "", "file": SimpleUploadedFile("a.csv", b"a,b")})
    assert posted.context["form"].errors["company"]
    run = take_in(company, "spend", f"{FILE}{KEPT}", author=user).run
    done = client.get(url("spendentry", "import_done", run.token)).content.decode()
    assert f'href="{upload}?company=acme">Import another file' in done
    chosen = client.get(f"{upload}?company=acme").content.decode()
    assert '<option value="acme" selected>' in chosen


@pytest.mark.parametrize(
    ("text", "answers", "minor"),
    [
        # 3,250,000 millionths are 3.25.
        (
            "day,campaign,clicks,cost\n2026-03-01,a,12,3250000\n",
            {"format": "google-ads-api", "currency": "EUR"},
            325,
        ),
        ("day,campaign,cost\n12-Mar-26,a,5.00\n", {"day_order": "dmy"}, 500),
        ("day,campaign,cost ($)\n2026-03-01,a,5.00\n", {"currency": "USD"}, 500),
    ],
)
def test_what_a_file_leaves_open_is_answered_on_its_page(
    client, company, signed_in, text, answers, minor
):
    signed_in()
    file = SimpleUploadedFile("a.csv", text.encode())
    page = client.post(url("spendentry", "import"), {"company": company.slug, "file": file}).url
    for field, answer in answers.items():
        assert f'name="{field}"' in client.get(page).content.decode()
        client.post(page, {field: answer, "answer": "1"})
    assert client.get(page).context["outcome"].totals.minor == minor


def history(client, run):
    page = client.get(reverse("admin:attribution_importrun_change", args=[run.pk]))
    return page.content.decode()


def test_the_page_of_an_import_says_its_times_as_the_history_does(client, company, signed_in):
    user = signed_in()
    company.timezone = "Asia/Tokyo"
    company.save()
    run = take_in(company, "spend", f"{FILE}{KEPT}", author=user).run
    ImportRun.objects.filter(pk=run.pk).update(
        started_at="2026-03-01T20:30:00Z", finished_at="2026-03-01T20:31:00Z"
    )
    client.post(url("spendentry", "import_undo", run.token))
    ImportRun.objects.filter(pk=run.pk).update(undone_at="2026-03-01T20:32:00Z")
    shown = history(client, run)
    for minute in ("30", "31", "32"):
        assert f"2 Mar 2026, 05:{minute}" in shown


def test_who_left_a_check_finds_back_to_it_from_the_history(client, company, signed_in):
    signed_in()
    file = SimpleUploadedFile("a.csv", f"{FILE}{KEPT}".encode())
    checked = client.post(url("spendentry", "import"), {"company": "acme", "file": file})
    run = ImportRun.objects.get()
    way = f'<a href="{checked.url}">Go on with this import</a>'
    assert way in history(client, run)
    signed_in()  # somebody else: a file that waits is its author's alone
    assert "Go on with this import" not in history(client, run)
    client.force_login(run.author)
    check = client.get(checked.url).context
    client.post(check["confirm_url"], {"token": run.token, "basis": check["outcome"].basis})
    assert "Go on with" not in history(client, run)
    assert "Undo this import</a>" in history(client, run)


def test_an_undone_import_says_what_was_undone_and_no_more(client, company, signed_in):
    user = signed_in()
    run = take_in(company, "spend", f"{FILE}{KEPT}", author=user).run
    done = client.get(url("spendentry", "import_done", run.token)).content.decode()
    assert "Names that no campaign has" in done
    answer = client.post(url("spendentry", "import_undo", run.token), follow=True)
    shown = answer.content.decode()
    assert "“file.csv” is undone: 1 entry removed." in shown
    assert "Names that no campaign has" not in shown  # of money that is gone


def test_who_cannot_undo_is_shown_the_way_back(client, company, signed_in):
    user = signed_in()
    run = take_in(company, "spend", f"{FILE}{KEPT}", author=user).run
    take_in(company, "spend", f"{FILE}{KEPT.replace('5.00', '6.00')}", author=user)
    shown = client.get(url("spendentry", "import_undo", run.token)).content.decode()
    assert "changed by later imports" in shown
    assert f'href="{url("spendentry", "changelist")}">Back to the list' in shown
    assert f'href="{reverse("admin:attribution_importrun_changelist")}">Import history' in shown


def test_who_looks_for_kinds_of_file_is_told_where_they_come_from(client, company, signed_in):
    signed_in()
    shown = client.get(url("columnmapping", "changelist")).content.decode()
    assert f'href="{url("spendentry", "import")}">Import spend' in shown


def test_a_file_of_which_all_is_there_is_said_to_change_nothing(client, company, signed_in):
    user = signed_in()
    take_in(company, "spend", f"{FILE}{KEPT}b,2,2026-03-03,EUR,2.00\n", author=user)
    file = SimpleUploadedFile("part.csv", f"{FILE}{KEPT}".encode())
    answer = client.post(url("spendentry", "import"), {"company": "acme", "file": file})
    assert "Importing it would change nothing." in client.get(answer.url).content.decode()


def test_an_export_names_its_filters_as_the_list_does(client, company, signed_in):
    signed_in()
    asked = "?from=2026-03-01&to=2026-03-31&line=media&q=spring&p=2&campaign=-"
    shown = " ".join(client.get(url("spendentry", "export") + asked).content.decode().split())
    listed = client.get(url("spendentry", "changelist") + asked.replace("&p=2", ""))
    for one in listed.context["cl"].in_force():
        assert f"{one.name[:1].upper()}{one.name[1:]}: {one.value}</span>" in shown
    assert "First day: 1 Mar 2026</span>" in shown
    assert "Line: Media</span>" in shown
    assert "Search: spring</span>" in shown
    assert (
        "No filter is set." in client.get(url("spendentry", "export") + "?from=").content.decode()
    )


def test_the_history_writes_numbers_as_reports_do(client, company, signed_in):
    user = signed_in()
    run = take_in(company, "spend", f"{FILE}{KEPT}", author=user).run
    ImportRun.objects.filter(pk=run.pk).update(new=1517)
    listed = client.get(reverse("admin:attribution_importrun_changelist")).content.decode()
    assert "1,517 / 0 / 0 / 0" in listed
    ImportRun.objects.filter(pk=run.pk).update(author=None)
    listed = client.get(reverse("admin:attribution_importrun_changelist")).content.decode()
    assert '<td class="field-author nowrap">–</td>' in listed
