"""Short links in the admin: adding, changing, what was changed, and who may."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import IntegrityError, models, transaction

from attribution import scope
from attribution.models import LinkHost, Membership, ShortLink, ShortLinkChange, ShortLinkDay
from attribution.shortlinks import slugs
from tests.attribution.pages import post, url
from tests.factories import (
    make_campaign,
    make_company,
    make_link_host,
    make_short_link,
    make_user,
)

pytestmark = pytest.mark.django_db
ADD = "attribution_shortlink", "add"


def fields(company, **values):
    """The form of a new link."""
    given = {"company": company.pk, "target": "https://www.example.com/offer"}
    return given | {"source": "Newsletter", "medium": "E%2DMail"} | values


@pytest.fixture
def host(company):
    return make_link_host(company)


def changes():
    rows = ShortLinkChange.objects.order_by("pk")
    return [(row.field, row.old, row.new, row.author) for row in rows]


class TestAdding:
    def test_a_link_gets_a_readable_name_and_tidy_values(self, client, company, signed_in, host):
        user = signed_in("utm_admin")
        campaign = make_campaign(company, "spring-sale")
        sent = fields(company, campaign=campaign.pk, content="Top Banner")
        assert post(client, url(*ADD), **sent) == []
        link = ShortLink.objects.get()
        slugs.validate_slug(link.slug)
        assert link.author == user
        assert link.values == {
            "utm_source": "newsletter",
            "utm_medium": "e-mail",
            "utm_campaign": "spring-sale",
            "utm_content": "Top Banner",
        }
        assert changes() == []

    def test_a_name_may_be_chosen_once_over_all_companies(self, client, company, signed_in, host):
        with scope.all_companies():
            make_short_link(make_company(name="Secret Ltd"), "taken")
        signed_in()
        assert post(client, url(*ADD), **fields(company, slug="spring")) == []
        for slug in ("spring", "taken"):
            errors = post(client, url(*ADD), **fields(company, slug=slug))
            assert errors == [f"“{slug}” is taken. Write another, or none."]
        assert "3 to 40 small letters" in post(client, url(*ADD), **fields(company, slug="A b"))[0]

    def test_a_host_must_be_on_the_list_of_this_company(self, client, company, signed_in):
        with scope.all_companies():
            make_link_host(make_company())
        signed_in()
        assert post(client, url(*ADD), **fields(company)) == [
            "www.example.com is not on your company's list of short link hosts. Ask a company "
            "admin to add it there."
        ]
        assert not ShortLink.objects.exists()

    @pytest.mark.parametrize(
        ("name", "value", "said"),
        [
            ("target", "http://www.example.com/", "Write it as https://"),
            ("target", "//evil.com", "Write it as https://"),
            ("target", "https://www.example.com:80/", "no port"),
            ("target", "", "This field is required."),
            ("source", "{{source}}", "names nothing"),
            ("medium", "(none)", "names nothing"),
            ("source", "", "This field is required."),
            ("source", "ﷺ" * 200, "At most 200 characters."),
        ],
    )
    def test_what_is_wrong_is_said_once(self, client, company, signed_in, host, name, value, said):
        signed_in()
        errors = post(client, url(*ADD), **fields(company, **{name: value}))
        assert len(errors) == 1
        assert said in errors[0]

    def test_a_campaign_of_ones_other_company_is_refused(self, client, company, signed_in, host):
        user = signed_in()
        with scope.all_companies():
            second = make_company()
            Membership.objects.create(company=second, user=user, role="company_admin")
            foreign = make_campaign(second, "elsewhere")
        errors = post(client, url(*ADD), **fields(company, campaign=foreign.pk))
        assert errors == ["This campaign belongs to another company."]

    def test_no_link_can_be_added_where_one_may_only_look(self, client, company, signed_in, host):
        user = signed_in()
        with scope.all_companies():
            second = make_company()
            Membership.objects.create(company=second, user=user, role="viewer")
            make_link_host(second)
        assert "Select a valid choice" in post(client, url(*ADD), **fields(second))[0]


class TestChanging:
    def change(self, client, link, **values):
        given = {
            "target": link.target,
            "campaign": link.campaign_id or "",
            "source": link.source,
            "medium": link.medium,
            "content": link.content,
            "term": link.term,
            "is_active": "on",
        }
        return post(client, url("attribution_shortlink", "change", link.pk), **given | values)

    def test_what_it_was_before_is_kept_and_shown(self, client, link, signed_in):
        user = signed_in("owner", username="olga")
        autumn = make_campaign(link.company, "autumn")
        target = "https://www.example.com/new"
        assert self.change(client, link, target=target, campaign=autumn.pk) == []
        assert self.change(client, link, target=target, campaign=autumn.pk) == []  # nothing new
        expected = [
            ("target", "https://www.example.com/offer", target, user),
            ("campaign", "spring-sale", "autumn", user),
        ]
        assert changes() == expected
        page = client.get(url("attribution_shortlink", "change", link.pk)).content.decode()
        for text in (
            "olga",
            "https://www.example.com/offer",
            "spring-sale",
            "http://testserver/l/spring",
        ):
            assert text in page
        link.refresh_from_db()
        link.source = "flyer"
        link.save()
        assert changes() == [*expected, ("source", "newsletter", "flyer", None)]

    def test_the_change_takes_effect_with_the_next_visit(self, client, link, signed_in, visitor):
        signed_in()
        self.change(client, link, target="https://www.example.com/new", term="a b")
        assert visitor.get("/l/spring")["Location"].startswith("https://www.example.com/new?")
        assert visitor.get("/l/spring")["Location"].endswith("utm_term=a%20b")
        self.change(client, link, is_active="")
        assert visitor.get("/l/spring").status_code == 404
        assert [row[:3] for row in changes()][-1] == ("is_active", "yes", "no")

    def test_a_link_whose_host_was_taken_off_can_be_taken_out_of_use(self, client, link, signed_in):
        signed_in()
        LinkHost.objects.all().delete()
        assert "not on your company's list" in self.change(client, link)[0]
        page = client.get(url("attribution_shortlink", "changelist")).content.decode()
        assert "nobody is sent there" in page
        assert self.change(client, link, is_active="") == []

    def test_company_and_short_name_stay(self, client, link, signed_in):
        signed_in()
        assert self.change(client, link, slug="other", company="1") == []
        link.refresh_from_db()
        assert link.slug == "spring"

    def test_it_is_never_deleted_and_its_history_neither(self, client, link, admin_user):
        client.force_login(admin_user)
        answer = client.post(url("attribution_shortlink", "delete", link.pk), {"post": "yes"})
        assert answer.status_code == 403
        link.medium = "print"
        link.save()
        day = ShortLinkDay.objects.create(company=link.company, link=link, day=date(2026, 3, 2))
        for row in (link, ShortLinkChange.objects.get(), day):
            for delete in (row.delete, type(row).objects.all().delete):
                with pytest.raises(models.ProtectedError):
                    delete()

    def test_a_campaign_with_a_short_link_keeps_its_key(self, client, link, signed_in):
        signed_in()
        page = client.get(url("attribution_campaign", "change", link.campaign.pk))
        assert "key" not in page.context["adminform"].form.fields


class TestList:
    def test_clicks_of_28_days_and_bots_stand_apart(self, client, link, signed_in):
        signed_in("viewer")
        for day, clicks, bots in (((2026, 3, 2), 12, 3), ((2026, 2, 2), 500, 500)):
            ShortLinkDay.objects.create(
                company=link.company, link=link, day=date(*day), clicks=clicks, bots=bots
            )
        with time_machine.travel(datetime(2026, 3, 2, 12, tzinfo=UTC), tick=False):
            client.force_login(make_user(link.company, "viewer"))
            page = client.get(url("attribution_shortlink", "changelist")).content.decode()
            one = client.get(url("attribution_shortlink", "change", link.pk)).content.decode()
        assert "http://testserver/l/spring" in page
        assert '<td class="field-clicks">12</td><td class="field-bots">3</td>' in page
        assert "12 clicks in 28 days; apart from them, 3 visits by bots" in one


class TestHosts:
    def test_a_host_is_kept_in_one_shape(self, client, company, signed_in):
        signed_in()
        add = url("attribution_linkhost", "add")
        assert post(client, add, company=company.pk, host="WWW.Example.com") == []
        assert LinkHost.objects.get().host == "www.example.com"
        errors = post(client, add, company=company.pk, host="www.example.com")
        assert errors == ["This host is on the company's list already."]
        for wrong in ("https://www.example.com", "*.example.com", ".com", "localhost", "a.com:80"):
            assert "is no host name" in post(client, add, company=company.pk, host=wrong)[0]

    def test_taking_it_off_stops_its_links_at_once(self, client, link, signed_in, visitor):
        signed_in()
        assert visitor.get("/l/spring").status_code == 302
        gone = url("attribution_linkhost", "delete", LinkHost.objects.get().pk)
        client.post(gone, {"post": "yes"})
        assert visitor.get("/l/spring").status_code == 404

    def test_only_admins_of_the_company_decide(self, client, company, signed_in, host):
        signed_in("utm_admin")
        assert client.get(url("attribution_linkhost", "add")).status_code == 403
        gone = url("attribution_linkhost", "delete", host.pk)
        assert client.post(gone, {"post": "yes"}).status_code == 403
        assert LinkHost.objects.exists()


def test_two_links_of_one_name_cannot_be_stored(company, link):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_short_link(company, "spring")


def test_visits_of_another_company_cannot_be_counted(company):
    from attribution.shortlinks.counting import count

    with scope.all_companies():
        theirs = make_short_link(make_company(), "theirs")
    with pytest.raises(scope.OutOfCompanyScope):
        count(theirs, is_click=True)
