"""Shared costs in the admin: made, looked at, changed by two at once, and deleted."""

import pytest

from attribution.repair.locking import Busy
from spend import costs
from spend.models import Cost, CostShare, SpendEntry, SpendRevision
from tests.factories import make_campaign, make_company, make_user
from tests.spend.admin.conftest import errors, fields, url
from tests.spend.test_costs import make_cost

pytestmark = pytest.mark.django_db


def sent(company, *shares, **values):
    """A form of July 2026; shares are pairs of a text and a weight."""
    rows = {"shares-TOTAL_FORMS": len(shares), "shares-INITIAL_FORMS": 0}
    for number, (called, weight) in enumerate(shares):
        rows |= {f"shares-{number}-called": called, f"shares-{number}-weight": weight}
    given = {"company": company.pk, "name": "Agency", "line": "agency", "amount": "3,100.00"}
    return given | {"first_day": "2026-07-01", "last_day": "2026-07-31"} | rows | values


def add(client, company, *shares, **values):
    return errors(client.post(url("cost", "add"), sent(company, *shares, **values)))


def shares():
    return list(CostShare.objects.order_by("pk").values_list("campaign__key", "weight"))


def test_a_cost_is_split_and_its_page_says_what_falls_where(client, company, signed_in):
    user = signed_in("owner")
    for key in ("brand", "generic"):
        make_campaign(company, key, name=key.title())
    form = sent(company, ("BRAND", 3), ("Generic", 1), ("", 1), last_day="2026-08-31")
    answer = client.post(url("cost", "add"), form, follow=True)
    assert errors_of(answer) == []
    cost = Cost.objects.get()
    assert (cost.recorded_minor, cost.currency, cost.author) == (3_100_00, "EUR", user)
    assert shares() == [("brand", 3), ("generic", 1)]
    assert SpendEntry.objects.filter(cost=cost).count() == 124
    page = " ".join(answer.content.decode().split())
    # 2,325.00 over 62 days are 37.50 a day; 775.00 are 12.50.
    for days, name, amount in (
        ("1 Jul – 31 Jul 2026", "Brand", "€1,162.50"),
        ("1 Aug – 31 Aug 2026", "Generic", "€387.50"),
    ):
        assert f'<td>{days}</td> <th scope="row">{name}</th>' in page
        assert amount in page


def errors_of(answer):
    return [] if answer.redirect_chain else errors(answer)


@pytest.mark.parametrize(
    ("shares", "values", "sentence"),
    [
        ([], {}, "Name at least one campaign that bears it."),
        ([("", 1)], {}, "Name at least one campaign that bears it."),
        ([("brnad", 1)], {}, "There is no such campaign. Did you mean “brand”?"),
        ([("brand", 1), ("Brand", 2)], {}, "This campaign has a share already"),
        ([("brand", 0)], {}, "greater than or equal to 1"),
        ([("other", 1)], {}, "There is no such campaign."),
        ([("theirs", 1)], {}, "This campaign has another owner."),
        ([("brand", 1)], {"last_day": "2026-06-30"}, "The last day comes before the first day."),
        ([("brand", 1)], {"first_day": "2020-07-01"}, "over three years at most"),
        ([("brand", 1)], {"amount": "1_0"}, "This is not a number."),
        ([("brand", 1)], {"currency": "XXY"}, "XXY"),
    ],
)
def test_what_is_refused_and_why(client, company, signed_in, shares, values, sentence):
    make_campaign(company, "brand")
    make_campaign(company, "theirs", owner=make_user(company, "owner", username="eva"))
    make_campaign(make_company(), "other")
    signed_in("owner")
    found = add(client, company, *shares, **values)
    assert any(sentence in error for error in found), found
    assert not Cost.objects.exists()
    assert not SpendEntry.objects.exists()


def test_shares_are_added_changed_and_taken_out(client, company, signed_in):
    user = signed_in()
    one, two, three = (make_campaign(company, key) for key in ("one", "two", "three"))
    cost = make_cost(company, 62_00, one, two)
    page = url("cost", "change", cost.pk)
    data = fields(client.get(page))
    assert (data["shares-0-called"], data["shares-1-called"]) == ("one", "two")
    data |= {"shares-0-called": "", "shares-1-weight": "2", "shares-2-called": three.key}
    assert errors(client.post(page, data)) == []
    assert shares() == [("two", 2), ("three", 1)]
    sums = {}
    for entry in SpendEntry.objects.all():
        sums[entry.campaign_key] = sums.get(entry.campaign_key, 0) + entry.amount_minor
    assert sums == {"two": 41_33, "three": 20_67}
    assert set(SpendRevision.objects.values_list("author", "how")) == {(user.pk, "cost")}
    cost.refresh_from_db()
    assert cost.version == 2


def test_of_two_who_change_shares_the_second_sees_both(client, company, signed_in):
    signed_in()
    cost = make_cost(company, 62_00, make_campaign(company, "one"), make_campaign(company, "two"))
    page = url("cost", "change", cost.pk)
    opened = fields(client.get(page))
    assert errors(client.post(page, opened | {"shares-1-called": ""})) == []
    late = opened | {"shares-0-weight": "5"}
    [error] = errors(client.post(page, late))
    assert "Shares: “one (1)” is stored now, you sent “one (5), two (1)”" in error
    assert shares() == [("one", 1)]
    mine = {"version_choice": "mine", "version_seen": "2"}
    assert errors(client.post(page, late | mine)) == []
    assert shares() == [("one", 5), ("two", 1)]
    assert errors(client.post(page, opened | {"version_choice": "theirs"})) == []
    assert shares() == [("one", 5), ("two", 1)]


def test_a_cost_is_deleted_with_its_entries(client, company, signed_in):
    user = signed_in()
    cost = make_cost(company, 62_00, make_campaign(company, "one"))
    asked = client.get(url("cost", "delete", cost.pk)).content.decode()
    assert "Entries of spend: 31" in asked
    client.post(url("cost", "delete", cost.pk), {"post": "yes"})
    other = make_cost(company, 62_00, make_campaign(company, "two"))
    chosen = {"action": "delete_selected", "_selected_action": [other.pk], "post": "yes"}
    client.post(url("cost", "changelist"), chosen)
    assert not Cost.objects.exists()
    assert not SpendEntry.objects.exists()
    assert set(SpendRevision.objects.values_list("author", "is_removal")) == {(user.pk, True)}


def test_who_has_to_wait_is_told_and_nothing_is_deleted(client, company, signed_in, monkeypatch):
    def held(company_id):
        raise Busy("An import of this company is being saved.")

    signed_in()
    cost = make_cost(company, 62_00, make_campaign(company, "one"))
    monkeypatch.setattr(costs, "lock", held)
    chosen = {"action": "delete_selected", "_selected_action": [cost.pk], "post": "yes"}
    for page, data in (
        (url("cost", "delete", cost.pk), {"post": "yes"}),
        (url("cost", "changelist"), chosen),
    ):
        answer = client.post(page, data, follow=True)
        assert "An import of this company is being saved." in answer.content.decode()
    assert Cost.objects.exists()


def test_owners_keep_costs_of_their_own_campaigns_and_viewers_read(client, company, signed_in):
    mine = make_campaign(company, "mine")
    theirs = make_campaign(company, "theirs", owner=make_user(company, "owner"))
    cost = make_cost(company, 62_00, (mine, 1), (theirs, 2))
    for role in ("owner", "viewer", "utm_admin"):
        signed_in(role)
        page = client.get(url("cost", "change", cost.pk)).content.decode()
        assert "mine (1), theirs (2)" in page
        assert 'name="_save"' not in page
        assert client.post(url("cost", "change", cost.pk), {"name": "x"}).status_code == 403
        assert client.post(url("cost", "delete", cost.pk), {"post": "yes"}).status_code == 403
    assert "mine (1), theirs (2)" in client.get(url("cost", "changelist")).content.decode()


def test_the_form_for_spend_leads_to_shared_costs(client, company, signed_in):
    signed_in()
    page = client.get(url("spendentry", "add")).content.decode()
    assert "For a month, a range or several campaigns: add a shared cost" in page
    assert f'href="{url("cost", "add")}"' in page
