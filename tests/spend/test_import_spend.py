"""Files of spend: added up by key, matched by name, changed when taken in again."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from attribution import scope
from attribution.repair import apply
from attribution.repair.intents import Merge
from spend.models import SpendEntry
from tests.attribution.import_files import check, take_in, texts
from tests.factories import make_campaign, make_company, make_lead, make_user

pytestmark = pytest.mark.django_db

MARCH = """date,campaign_name,spend,utm_source,clicks
2026-03-01,Spring%20Sale,10.77,google,5
2026-03-01,Winter,2.50,google,
2026-03-02,spring sale,100,google,7
"""


@pytest.fixture
def company():
    with scope.all_companies():
        company = make_company(name="Acme", currency="EUR")
        make_campaign(company, "spring sale", name="Spring sale")
        yield company


def total():
    return sum(SpendEntry.objects.values_list("amount_minor", flat=True))


def test_entries_are_matched_by_tidy_name_and_the_others_are_listed(company):
    outcome = take_in(company, "spend", MARCH)
    assert (outcome.rows, outcome.new) == (3, 3)
    assert total() == outcome.totals.minor == 11327
    entry = SpendEntry.objects.get(day=date(2026, 3, 1), campaign__isnull=False)
    assert (entry.campaign.name, entry.campaign_name) == ("Spring sale", "Spring%20Sale")
    assert (entry.source, entry.line, entry.clicks, entry.currency) == ("file", "media", 5, "EUR")
    assert (outcome.totals.matched, outcome.totals.unmatched) == ("€110.77", "€2.50")
    assert [(a.name, a.amount) for a in outcome.totals.by_unmatched_name] == [("Winter", "€2.50")]


def test_spend_makes_no_campaign_but_a_later_lead_of_that_name_finds_it(company):
    take_in(company, "spend", MARCH)
    make_lead(company, "WINTER")
    assert not SpendEntry.objects.filter(campaign__isnull=True).exists()


def test_the_same_file_again_adds_nothing(company):
    take_in(company, "spend", MARCH)
    again = take_in(company, "spend", MARCH)
    assert (again.new, again.changed, again.same) == (0, 0, 3)
    assert again.already
    assert total() == 11327


def test_a_deleted_entry_comes_back_with_the_same_file(company):
    take_in(company, "spend", MARCH)
    SpendEntry.objects.filter(campaign__isnull=True).delete()
    again = take_in(company, "spend", MARCH)
    assert (again.new, again.same, again.already) == (1, 2, None)
    assert total() == 11327


def test_another_amount_changes_the_entry_old_to_new(company):
    take_in(company, "spend", MARCH)
    other = MARCH.replace("10.77", "123.40").replace(",7\n", ",9\n")
    for outcome in (check(company, "spend", other), take_in(company, "spend", other)):
        assert (outcome.new, outcome.changed, outcome.same) == (0, 2, 1)
        assert [change.text for change in outcome.changes] == [
            "row 2: Spring%20Sale, 2026-03-01, amount: €10.77 → €123.40",
            "row 4: spring sale, 2026-03-02, clicks: 7 → 9",
        ]
    assert total() == 11327 - 1077 + 12340


def test_an_empty_count_changes_nothing_that_is_there(company):
    take_in(company, "spend", MARCH)
    assert take_in(company, "spend", MARCH.replace(",5\n", ",\n")).changed == 0
    assert SpendEntry.objects.filter(clicks=5).exists()


REPEATED = "day,campaign,amount,impressions\n" + "2026-03-01,Spring Sale,1.10,3\n" * 2
REPEATED += "2026-03-01,spring  sale,-0.20,\n"


def test_rows_that_nothing_tells_apart_are_refused_and_both_are_named(company):
    outcome = take_in(company, "spend", REPEATED)
    assert not SpendEntry.objects.exists()
    assert texts(outcome) == [
        f'row {row}, column campaign, "{name}": Row 2 is of the same campaign and day too. Delete '
        "one of the two rows; or, if they are parts of one amount, have them added up."
        for row, name in ((3, "Spring Sale"), (4, "spring  sale"))
    ]


def test_rows_of_one_key_are_added_up_when_a_person_says_that_they_are_parts(company):
    outcome = take_in(company, "spend", REPEATED, add_up=True)
    entry = SpendEntry.objects.get()
    assert (entry.amount_minor, entry.impressions) == (200, 6)
    assert (outcome.rows, outcome.new) == (3, 1)
    assert "3 rows made one entry" in " ".join(outcome.notes)
    assert take_in(company, "spend", REPEATED, add_up=True).changed == 0


def test_rows_that_another_column_tells_apart_are_parts_of_one_amount(company):
    text = "day,campaign,device,amount\n2026-03-01,a,mobile,1.10\n2026-03-01,a,desktop,2\n"
    outcome = take_in(company, "spend", text)
    assert (outcome.rows, outcome.new, total()) == (2, 1, 310)


def test_the_noise_of_floats_is_read_as_cents_and_said(company):
    outcome = take_in(company, "spend", "day,campaign,amount\n2026-03-01,x,1.429999948\n")
    assert total() == 143
    assert any("One amount carries the noise" in note for note in outcome.notes)


def test_declared_forms_of_days_and_amounts(company):
    text = "Tag;Kampagne;Kosten\n31.03.2026;Spring Sale;1.234,56\n"
    mapping = {"Tag": "day", "Kampagne": "campaign", "Kosten": "amount"}
    take_in(company, "spend", text, mapping=mapping, day_order="dmy", decimal_sign=",")
    entry = SpendEntry.objects.get()
    assert (entry.day, entry.amount_minor) == (date(2026, 3, 31), 123456)


REFUSED = [
    ("2026-03-01,x,abc,,", 'row 2, column amount, "abc": This is not a number.'),
    ("2026-03-01,x,,,", "row 2, column amount: This cell is empty."),
    ("2026-03-01,x,0.005,,", 'row 2, column amount, "0.005": This has more decimals than EUR has'),
    (f"2026-03-01,x,{'9' * 30},,", "This number is too large."),
    ("2026-03-01,x,$5,,", "This amount is not in EUR. Say in which currency it is"),
    ("2026-03-01,x,5,DOLLARS,", 'row 2, column currency, "DOLLARS": This is no currency.'),
    ("2026-03-01,x,5,,radio", 'row 2, column line, "radio": This is none of the known values.'),
    (",x,5,,", "row 2, column day: This cell is empty."),
    ("9999-12-31,x,5,,", 'row 2, column day, "9999-12-31": This lies outside'),
]


@pytest.mark.parametrize(("row", "text"), REFUSED)
def test_a_bad_cell_is_named_and_nothing_is_saved(company, row, text):
    outcome = take_in(company, "spend", f"day,campaign,amount,currency,line\n{row}\n")
    assert outcome.error_count == 1
    assert text in texts(outcome)[0]
    assert not SpendEntry.objects.exists()


def test_an_owner_takes_in_spend_only_for_campaigns_that_he_keeps(company):
    owner, other = make_user(company, "owner"), make_user(company, "owner")
    make_campaign(company, "his", owner=owner)
    make_campaign(company, "hers", owner=other)
    text = "day,campaign,amount\n2026-03-01,his,1\n2026-03-01,spring sale,2\n2026-03-01,new,3\n"
    assert take_in(company, "spend", text, author=owner).new == 3
    assert set(SpendEntry.objects.values_list("author", flat=True)) == {owner.pk}
    refused = take_in(company, "spend", text + "2026-03-01,Hers,4\n", author=owner)
    assert texts(refused) == [
        'row 5, column campaign, "Hers": This campaign belongs to another owner. '
        "Leave the row out, or ask its owner or a company admin to import it."
    ]
    admin = make_user(company, "company_admin")
    assert take_in(company, "spend", text + "2026-03-01,Hers,4\n", author=admin).new == 1


@pytest.mark.parametrize("role", ["viewer", "utm_admin"])
def test_who_has_no_right_to_import_is_stopped_by_the_engine_too(company, role):
    with pytest.raises(PermissionDenied):
        take_in(company, "spend", MARCH, author=make_user(company, role))


def test_another_company_has_entries_of_its_own(company):
    take_in(company, "spend", MARCH)
    other = make_company()
    outcome = take_in(other, "spend", MARCH)
    assert (outcome.new, outcome.totals.matched_names) == (3, 0)


def test_a_file_without_campaigns_goes_in_beside_rules(company):
    autumn, spring = make_campaign(company, "autumn"), make_campaign(company, "spring")
    apply.save(company, Merge((autumn.pk,), spring.pk), None)
    take_in(company, "spend", "day,amount\n2026-03-01,5\n")
    assert SpendEntry.objects.get().campaign is None
