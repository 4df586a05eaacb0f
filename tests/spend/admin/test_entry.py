"""An entry of spend on its page and in its list: what it says, said, and who may change it."""

from datetime import date

import pytest

from attribution.models import ExchangeRate
from spend.models import SpendEntry, SpendRevision
from tests.factories import make_campaign, make_spend, make_user
from tests.spend.admin.conftest import errors, fields, url
from tests.spend.test_costs import make_cost

pytestmark = pytest.mark.django_db
LIST = "spendentry", "changelist"


def change(client, entry, **values):
    page = url("spendentry", "change", entry.pk)
    return errors(client.post(page, fields(client.get(page)) | values))


def page_of(client, entry):
    return " ".join(client.get(url("spendentry", "change", entry.pk)).content.decode().split())


def test_another_currency_is_kept_as_recorded_and_says_what_it_is_worth(client, company, signed_in):
    signed_in()
    make_campaign(company, "spring")
    day = {"company": company.pk, "campaign_name": "spring", "day": "2026-03-02", "line": "media"}
    ExchangeRate.objects.create(
        company=company, day=date(2026, 3, 2), base="EUR", quote="SEK", rate="10"
    )
    sent = day | {"amount": "1,000", "currency": "sek"}
    assert errors(client.post(url("spendentry", "add"), sent)) == []
    entry = SpendEntry.objects.get()
    assert (entry.original_minor, entry.currency, entry.amount_minor) == (1000_00, "SEK", 100_00)
    assert "€100.00" in page_of(client, entry)
    listed = client.get(url(*LIST)).content.decode()
    assert 'value="1000.00"' in listed
    assert "SEK (€100.00)" in listed
    assert change(client, entry, currency="") == []
    entry.refresh_from_db()
    assert (entry.original_minor, entry.currency, entry.amount_minor) == (None, "EUR", 1000_00)


def test_each_change_names_who_made_it_and_the_page_lists_what_was_said_before(
    client, company, signed_in
):
    user = signed_in(username="mia")
    make_campaign(company, "spring")
    entry = make_spend(company, "spring", 12_00, note="first")
    assert change(client, entry, amount="15", note="second") == []
    assert change(client, entry, day="2026-03-03") == []
    assert set(SpendRevision.objects.values_list("author", "how")) == {(user.pk, "form")}
    page = page_of(client, entry)
    assert "mia, by hand: <strong>Day</strong> from <q>2026-03-02</q> to <q>2026-03-03</q>" in page
    assert "<strong>Amount</strong> from <q>€12.00</q> to <q>€15.00</q>" in page
    assert "<strong>Note</strong> from <q>first</q> to <q>second</q>" in page
    client.post(url("spendentry", "delete", entry.pk), {"post": "yes"})
    last = SpendRevision.objects.first()
    assert (last.is_removal, last.author, last.amount_minor) == (True, user, 15_00)


@pytest.mark.parametrize("amount", ["12,50", "12.345", "abc"])
def test_an_amount_that_is_mistyped_is_told_how_to_type_it(client, company, signed_in, amount):
    signed_in()
    entry = make_spend(company, "spring", 12_00)
    [error] = change(client, entry, amount=amount)
    assert error.endswith("Write it with a point, such as 1234.50.")
    assert "file" not in error


def test_what_was_sent_but_not_saved_is_no_former_value(client, company, signed_in):
    signed_in()
    entry = make_spend(company, "spring", 12_00)
    page = url("spendentry", "change", entry.pk)
    mine = fields(client.get(page)) | {"amount": "22"}
    assert change(client, entry, amount="11") == []
    shown = " ".join(client.post(page, mine).content.decode().split())
    assert "“11.00” is stored now, you sent “22”" in shown
    assert "<strong>Amount</strong> from <q>€12.00</q> to <q>€11.00</q>" in shown


def test_a_share_of_a_range_says_so(client, company, signed_in):
    signed_in()
    days = {"spread_from": date(2026, 7, 1), "spread_to": date(2026, 7, 31)}
    for number in range(1, 32):
        day = date(2026, 7, number)
        entry = make_spend(company, "spring", 100_00, day=day, source="google-ads", **days)
    assert "1/31 of €3,100.00 for 1 Jul – 31 Jul 2026" in page_of(client, entry)


def test_an_entry_of_a_shared_cost_is_read_only_and_leads_to_the_cost(client, company, signed_in):
    signed_in()
    cost = make_cost(company, 31_00, make_campaign(company, "spring"))
    entry = SpendEntry.objects.filter(cost=cost).first()
    page = page_of(client, entry)
    assert f'href="{url("cost", "change", cost.pk)}"' in page
    assert 'name="_save"' not in page
    for name, data in (("change", {"amount": "1"}), ("delete", {"post": "yes"})):
        assert client.post(url("spendentry", name, entry.pk), data).status_code == 403
    listed = client.get(f"{url(*LIST)}?cost={cost.pk}")
    assert listed.context["cl"].result_count == 31
    assert 'name="form-0-amount_minor"' not in listed.content.decode()


def test_deleting_many_leaves_parts_of_costs_and_what_others_own(client, company, signed_in):
    user = signed_in("owner")
    theirs = make_campaign(company, "theirs", owner=make_user(company, "owner"))
    make_cost(company, 1_00, make_campaign(company, "mine"), last_day=date(2026, 7, 2))
    mine, foreign = make_spend(company, "mine", 5), make_spend(company, theirs.key, 6)
    chosen = {
        "action": "delete_selected",
        "_selected_action": list(SpendEntry.objects.values_list("pk", flat=True)),
    }
    asked = client.post(url(*LIST), chosen).content.decode()
    assert "2 entries are parts of shared costs and stay" in asked
    assert "1 entry belongs to a campaign of another owner and stays" in asked
    assert SpendEntry.objects.count() == 4
    answer = client.post(url(*LIST), chosen | {"confirmed": "yes"}, follow=True)
    assert "1 entry deleted." in answer.content.decode()
    assert mine not in SpendEntry.objects.all()
    assert foreign in SpendEntry.objects.all()
    assert SpendRevision.objects.get().author == user


def test_a_report_on_mails_has_no_amount_and_needs_none(client, company, signed_in):
    signed_in()
    entry = make_spend(company, "mail", None, sends=100)
    assert change(client, entry, note="ok") == []
    entry.refresh_from_db()
    assert (entry.amount_minor, entry.note) == (None, "ok")


class TestList:
    def test_amounts_and_notes_are_changed_in_their_rows(self, client, company, signed_in):
        user = signed_in()
        one, two = make_spend(company, "one", 1_00), make_spend(company, "two", 2_00)
        data = fields(client.get(url(*LIST)))
        row = next(n for n in (0, 1) if data[f"form-{n}-id"] == str(two.pk))
        change = {f"form-{row}-amount_minor": "1,234.50", f"form-{row}-note": "new"}
        assert errors(client.post(url(*LIST), data | change | {"_save": "Save"})) == []
        one.refresh_from_db()
        two.refresh_from_db()
        assert (two.amount_minor, two.note, two.version) == (1234_50, "new", 2)
        assert (one.amount_minor, one.version) == (1_00, 1)
        assert SpendRevision.objects.get().author == user

    def test_with_one_wrong_amount_nothing_of_the_page_is_saved(self, client, company, signed_in):
        signed_in()
        for key in ("one", "two"):
            make_spend(company, key, 1_00)
        data = fields(client.get(url(*LIST)))
        data |= {"form-0-amount_minor": "5", "form-1-amount_minor": "1_000", "_save": "Save"}
        [error] = errors(client.post(url(*LIST), data))
        assert "Write it as 1234.50" in error or "number" in error
        assert set(SpendEntry.objects.values_list("amount_minor", flat=True)) == {1_00}

    def test_a_row_that_somebody_changed_meanwhile_is_shown_with_both_values(
        self, client, company, signed_in
    ):
        signed_in()
        entry, other = make_spend(company, "one", 1_00), make_spend(company, "two", 2_00)
        data = fields(client.get(url(*LIST)))
        row, rest = sorted((0, 1), key=lambda n: data[f"form-{n}-id"] != str(entry.pk))
        assert change(client, entry, amount="7") == []
        make_spend(company, "zero", 9_00)  # stands above them in the list from now on
        data |= {f"form-{row}-amount_minor": "5", f"form-{rest}-amount_minor": "6"}
        answer = client.post(url(*LIST), data | {"_save": "Save"})
        [error] = errors(answer)
        assert "Amount: “7.00” is stored now, you sent “5”" in error
        shown = [row.pk for row in answer.context["cl"].result_list]
        assert shown == [int(data["form-0-id"]), int(data["form-1-id"])]
        other.refresh_from_db()
        assert other.amount_minor == 2_00  # nothing of the page is half saved
        choice = {f"form-{row}-version_choice": "mine", f"form-{row}-version_seen": "2"}
        assert errors(client.post(url(*LIST), data | choice | {"_save": "Save"})) == []
        entry.refresh_from_db()
        other.refresh_from_db()
        assert (entry.amount_minor, other.amount_minor) == (5_00, 6_00)

    def test_a_row_that_somebody_deleted_meanwhile(self, client, company, signed_in):
        signed_in()
        gone, there = make_spend(company, "gone", 1_00), make_spend(company, "there", 2_00)
        data = fields(client.get(url(*LIST))) | {"_save": "Save"}
        row, rest = sorted((0, 1), key=lambda n: data[f"form-{n}-id"] != str(gone.pk))
        gone.delete()
        answer = client.post(url(*LIST), data | {f"form-{row}-amount_minor": "5"})
        assert "Somebody has deleted this entry" in errors(answer)[0]
        assert "Deleted in the meantime" in answer.content.decode()
        saved = client.post(url(*LIST), data | {f"form-{rest}-amount_minor": "6"})
        assert errors(saved) == []
        there.refresh_from_db()
        assert there.amount_minor == 6_00

    def test_who_may_not_change_an_entry_only_reads_it(self, client, company, signed_in):
        theirs = make_campaign(company, "theirs", owner=make_user(company, "owner"))
        entry = make_spend(company, theirs.key, 12_00)
        signed_in("owner")
        data = fields(client.get(url(*LIST)))
        assert "form-0-amount_minor" not in data
        late = data | {"form-0-amount_minor": "5", "_save": "Save"}
        assert errors(client.post(url(*LIST), late)) == []
        signed_in("viewer")
        page = client.get(url(*LIST)).content.decode()
        assert "€12.00" in page
        assert 'name="_save"' not in page
        assert client.post(url(*LIST), late).status_code == 403
        entry.refresh_from_db()
        assert entry.amount_minor == 12_00

    def test_an_amount_in_another_currency_stays_in_it(self, client, company, signed_in):
        signed_in()
        ExchangeRate.objects.create(
            company=company, day=date(2026, 3, 2), base="EUR", quote="SEK", rate="10"
        )
        entry = make_spend(company, "one", None, original_minor=100_00, currency="SEK")
        data = fields(client.get(url(*LIST)))
        data |= {"form-0-amount_minor": "200", "_save": "Save"}
        assert errors(client.post(url(*LIST), data)) == []
        entry.refresh_from_db()
        said = entry.original_minor, entry.amount_minor, entry.currency
        assert said == (200_00, 20_00, "SEK")
