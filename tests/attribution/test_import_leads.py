"""Files of leads: what each column does, what stays, and what is refused."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.db import IntegrityError

from attribution import scope
from attribution.imports.lead_rows import LeadRows
from attribution.models import Booking, Campaign, ImportRun, Lead
from tests.attribution.import_files import check, file_of, take_in, texts
from tests.factories import make_company, make_lead

pytestmark = pytest.mark.django_db

THREE = """id,received_at,utm_source,utm_medium,utm_campaign,country
A,2026-03-01 10:00,google,cpc,Spring Sale,DE
B,2026-03-02T23:30:00Z,google,cpc,spring%20sale,FR
C,2026-03-03,,,,
"""


@pytest.fixture
def company():
    with scope.all_companies():
        yield make_company(timezone="Europe/Berlin", currency="EUR", name="Acme")


def lead(external_id):
    return Lead.objects.get(external_id=external_id)


def test_leads_are_stored_raw_tidy_and_with_their_campaign(company):
    outcome = take_in(company, "leads", THREE)
    assert (outcome.rows, outcome.new, outcome.changed, outcome.same) == (3, 3, 0, 0)
    a, b, c = lead("A"), lead("B"), lead("C")
    assert (a.utm_campaign, b.utm_campaign) == ("Spring Sale", "spring%20sale")
    assert a.campaign_id == b.campaign_id == Campaign.objects.get().pk
    assert Campaign.objects.get().discovered
    assert (c.campaign_id, c.unattributed_reason) == (None, "direct")
    assert str(a.day) == "2026-03-01"
    assert str(b.day) == "2026-03-03", "half past eleven in UTC is the next day in Berlin"
    assert a.import_run == outcome.run


def test_an_imported_lead_equals_one_that_was_saved(company):
    values = {
        "utm_source": " Google ",
        "utm_campaign": "Käse%20Fest",
        "utm_term": "ＡＢＣ",
        "landing_page": "https://x.example/?utm_campaign=a",
        "referrer": "https://y.example/",
    }
    make_lead(company, external_id="saved", **values)
    header = ",".join(values)
    row = ",".join(values.values())
    take_in(company, "leads", f"id,received_at,{header}\nfile,2026-03-02T12:00Z,{row}\n")
    ignored = {"id", "external_id", "import_run_id", "created_at", "came_by", "_state"}
    saved, imported = (
        {k: v for k, v in vars(lead(name)).items() if k not in ignored}
        for name in ("saved", "file")
    )
    assert imported == saved


SAME_FILES = {
    "again": THREE.encode(),
    "re-sorted": "\n".join([THREE.splitlines()[0], *reversed(THREE.splitlines()[1:])]).encode(),
    "re-quoted": "\n".join(
        ",".join(f'"{cell}"' for cell in line.split(",")) for line in THREE.splitlines()
    ).encode(),
    "with BOM": b"\xef\xbb\xbf" + THREE.encode(),
    "UTF-16": THREE.encode("utf-16"),
    "semicolons": THREE.replace(",", ";").encode(),
    "Windows line ends": THREE.replace("\n", "\r\n").encode(),
}


def test_an_id_that_a_spreadsheet_rounded_is_no_id(company):
    outcome = take_in(company, "leads", file_of("id,received_at\n1.2E+17,2026-03-01 10:00\n"))
    assert (
        "A spreadsheet has rounded this id. Import the file as it was exported" in texts(outcome)[0]
    )


def test_leads_as_facebook_exports_them_are_read(company):
    text = "id,created_time,campaign_name,full_name\nl:1,2026-03-01T10:00:00+01:00,Spring,Anna\n"
    outcome = take_in(company, "leads", file_of(text))
    assert (texts(outcome), outcome.new) == ([], 1)


@pytest.mark.parametrize("how", SAME_FILES)
@pytest.mark.parametrize("with_id", [True, False])
def test_the_same_rows_again_add_nothing(company, how, with_id):
    first, second = THREE.encode(), SAME_FILES[how]
    options = {} if with_id else {"mapping": {"id": "city"}}
    take_in(company, "leads", file_of(first.decode()), **options)
    outcome = take_in(company, "leads", BytesIO(second), **options)
    assert texts(outcome) == []
    assert (outcome.new, outcome.changed, outcome.same) == (0, 0, 3)
    assert Lead.objects.count() == 3


def test_the_very_same_file_names_the_earlier_run(company):
    first = take_in(company, "leads", THREE, name="march.csv")
    again = take_in(company, "leads", THREE, name="march.csv")
    assert again.already == first.run
    assert "march.csv was already taken in on" in again.notes[0]
    assert check(company, "leads", THREE).already == first.run


def test_rows_without_id_that_are_alike_are_all_kept(company):
    alike = "received_at,utm_campaign\n" + "2026-03-01,Sale\n" * 3
    outcome = take_in(company, "leads", alike)
    assert outcome.new == 3
    assert "rows that are alike are all kept" in " ".join(outcome.notes)
    assert take_in(company, "leads", alike).new == 0
    assert take_in(company, "leads", alike + "2026-03-01,Sale\n").new == 1


def test_what_was_captured_stays_and_the_difference_is_said(company):
    take_in(company, "leads", THREE)
    outcome = take_in(company, "leads", THREE.replace("Spring Sale", "Other"))
    assert (outcome.new, outcome.changed, outcome.same) == (0, 0, 3)
    assert lead("A").utm_campaign == "Spring Sale"
    assert "captured with other values than this file has: 1." in outcome.notes[0]
    assert outcome.notes[0].endswith(": A.")
    assert not Campaign.objects.filter(key="other").exists()


def test_a_check_saves_nothing_and_counts_the_same(company):
    outcome = check(company, "leads", THREE)
    assert (outcome.rows, outcome.new) == (3, 3)
    assert outcome.run is None
    assert not Lead.objects.exists()
    assert not Campaign.objects.exists()
    assert not ImportRun.objects.exists()


OUTCOMES = """id,received_at,utm_campaign,Converted,value,booked_at
A,2026-03-01 10:00,Sale,1,12.50,
B,2026-03-02 10:00,Sale,0,,
C,2026-03-03 10:00,Sale,no_show,,2026-03-04 09:00
"""
CONVERTED = {
    "mapping": {"Converted": "booking_status"},
    "values": {"Converted": {"1": "completed"}},
}


def test_a_lead_file_carries_its_outcomes(company):
    take_in(company, "leads", OUTCOMES, **CONVERTED)
    a, b, c = lead("A"), lead("B"), lead("C")
    assert (a.booked, a.completed, a.revenue_minor) == (True, True, 1250)
    assert (b.booked, c.booked, c.completed) == (False, True, False)
    booking = Booking.objects.get(lead=a)
    assert booking.external_id == "lead:A"
    assert booking.booked_at == booking.completed_at == a.received_at
    assert (booking.day, booking.slot, booking.currency) == (a.day, a.slot, "EUR")
    assert Booking.objects.get(lead=c).booked_at.isoformat() == "2026-03-04T08:00:00+00:00"


def test_a_later_export_changes_outcomes_and_nothing_else(company):
    take_in(company, "leads", OUTCOMES, **CONVERTED)
    later = OUTCOMES.replace("Sale,1,12.50", "Sale,cancelled,20").replace("Sale,0", "Sale,1")
    for outcome in (check(company, "leads", later, **CONVERTED),
                    take_in(company, "leads", later, **CONVERTED)):  # fmt: skip
        assert (outcome.new, outcome.changed, outcome.same) == (0, 2, 1)
        changes = [change.text for change in outcome.changes]
        assert "row 2: booking lead:A, status: completed → cancelled" in changes
        assert "row 2: booking lead:A, value: €12.50 → €20.00" in changes
    assert (lead("A").booked, lead("A").revenue_minor) == (False, 0)
    assert lead("B").completed
    assert take_in(company, "leads", later, **CONVERTED).changed == 0


def test_an_outcome_that_is_gone_from_the_file_stays_and_is_said(company):
    take_in(company, "leads", OUTCOMES, **CONVERTED)
    outcome = take_in(company, "leads", OUTCOMES.replace("Sale,1", "Sale,0"), **CONVERTED)
    assert lead("A").completed
    assert "1 leads have a booking from an earlier file and none in this one" in outcome.notes[0]


KINDS = [
    ("", "primary", None),
    ("primary", "primary", None),
    ("Follow-Up", "follow_up", None),
    ("bot", "bot", None),
    ("duplicate", "duplicate", None),
    ("hot", "primary", "is_hot"),
    ("vpn", "primary", "is_vpn"),
    ("suspicious", "primary", "is_suspicious"),
]


@pytest.mark.parametrize(("word", "kind", "mark"), KINDS)
def test_kinds_and_marks(company, word, kind, mark):
    take_in(company, "leads", f"id,received_at,event_type\nA,2026-03-01,{word}\n")
    found = lead("A")
    assert found.kind == kind
    marks = {name for name in ("is_hot", "is_vpn", "is_suspicious") if getattr(found, name)}
    assert marks == ({mark} if mark else set())


def test_utm_values_are_read_from_the_landing_page_when_their_columns_are_empty(company):
    link = "https://x.example/?utm_source=Meta&utm_campaign=Spring+Sale&gclid=AbC"
    head = "id,received_at,landing_page,utm_source,fbclid"
    text = f"{head}\nA,2026-03-01,{link},,Zz\nB,2026-03-01,{link},own,\n"
    outcome = take_in(company, "leads", text)
    a, b = lead("A"), lead("B")
    assert (a.utm_source, a.utm_campaign) == ("Meta", "Spring Sale")
    assert a.click_ids == {"gclid": "AbC", "fbclid": "Zz"}
    assert a.campaign.key == "spring sale"
    assert (b.utm_source, b.utm_campaign, b.click_ids) == ("own", "", {})
    assert any("were read from their landing page" in note for note in outcome.notes)


def test_a_link_with_a_nul_or_a_very_long_value_is_taken_in(company):
    link = f"https://x.example/?utm_campaign=a%00b&utm_source={'x' * 900}"
    outcome = take_in(company, "leads", f"id,received_at,landing_page\nA,2026-03-01,{link}\n")
    assert texts(outcome) == []
    assert lead("A").utm_campaign == "ab"
    assert len(lead("A").utm_source) == 500


def test_short_names_aliases_and_unused_columns(company):
    text = "Lead ID,Created At,Source,Campaign Name,Shoe size\nA,2026-03-01,google,Sale,43\n"
    outcome = take_in(company, "leads", text)
    assert (lead("A").utm_source, lead("A").utm_campaign) == ("google", "Sale")
    assert "Columns not used: Shoe size." in outcome.notes
    mapped = take_in(company, "leads", "key,when,x\nB,2026-03-01,Y\n", mapping={
        "key": "id", "WHEN": "received_at", "x": "campaign"})  # fmt: skip
    assert texts(mapped) == []
    assert lead("B").utm_campaign == "Y"


def test_a_constant_wins_over_a_column_recognised_by_itself(company):
    take_in(company, "leads", "id,date\nA,2026-03-01\n", constants={"received_at": "2026-01-15"})
    assert str(lead("A").day) == "2026-01-15"


def test_a_lead_dated_in_the_future_is_kept_and_marked(company):
    soon = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    outcome = take_in(company, "leads", f"id,received_at\nA,{soon}\nB,2026-03-01\n")
    assert (lead("A").ahead, lead("B").ahead) == (True, False)
    assert any("dated in the future" in note for note in outcome.notes)


def test_a_flood_of_names_makes_no_more_campaigns_than_the_company_allows(company):
    company.new_campaigns_per_day = 2
    company.save()
    rows = "".join(f"{n},2026-03-01,name {n}\n" for n in range(5))
    rows += "x,2026-03-02,other\ny,2026-03-01,other\n"
    outcome = take_in(company, "leads", f"id,received_at,campaign\n{rows}")
    assert Campaign.objects.count() == 3
    assert Lead.objects.filter(unattributed_reason="flood").count() == 3
    assert lead("y").campaign.key == "other", "another day had room for it"
    assert any("3 leads stay unattributed" in note for note in outcome.notes)


HEAD = "id,received_at,kind,booking_status,value,currency,name"
REFUSED = [
    (",2026-03-01,,,,,", 'row 2, column id: This cell is empty. Every row needs a value here.'),
    ("A,,,,,,", "row 2, column received_at: This cell is empty. Every row needs a value here."),
    ("A,01/02/2026,,,,,", 'row 2, column received_at, "01/02/2026": This could be two'),
    ("A,1999-12-31,,,,,", 'row 2, column received_at, "1999-12-31": This lies outside'),
    ("A,2026-02-30,,,,,", 'row 2, column received_at, "2026-02-30": There is no such day'),
    ("A,2026-03-29 02:30,,,,,", "There is no such time in Europe/Berlin"),
    ("A,2026-03-01,primry,,,,", 'row 2, column kind, "primry": This is none of the known values. '
     "Did you mean primary?"),
    ("A,2026-03-01,,1,,,", 'Say what it means: --value "booking_status:1=completed"'),
    ("A,2026-03-01,,maybe,,,", 'row 2, column booking_status, "maybe"'),
    ("A,2026-03-01,,booked,-5,,", 'row 2, column value, "-5": A value is never negative.'),
    ("A,2026-03-01,,booked,1_000,,", 'row 2, column value, "1_000": This is not a number.'),
    ("A,2026-03-01,,booked,5,EURO,", 'row 2, column currency, "EURO": This is no currency.'),
    ("A,2026-03-01,,,,,x\x07y", "row 2, column name"),
    (f"{'x' * 201},2026-03-01,,,,,", "This text has 201 characters, and at most 200 are kept."),
]  # fmt: skip


@pytest.mark.parametrize(("row", "text"), REFUSED)
def test_a_bad_cell_is_named_with_its_row_column_value_and_way_out(company, row, text):
    outcome = take_in(company, "leads", f"{HEAD}\n{row}\n")
    assert outcome.error_count == 1
    assert text in texts(outcome)[0]
    assert not Lead.objects.exists()
    assert outcome.run.state == ImportRun.State.REFUSED
    assert outcome.run.report["errors"][0]["text"] == texts(outcome)[0]


FILE_FAULTS = [
    ("a,b\n1,2\n", {}, "column received_at: This column is missing. The file has: a, b. "
     'Say which one it is: --map "Their heading=received_at"'),
    ("id,received_at\n", {"mapping": {"idd": "id"}}, "column idd: This column is not in the file"),
    ("id,received_at\n", {"mapping": {"id": "emial"}}, '"emial": There is no such field. '
     'Did you mean "email"?'),
    ("id,received_at\n", {"constants": {"nope": "1"}}, '"nope": There is no such field.'),
    ("a,b,received_at\n", {"mapping": {"a": "id", "b": "id"}}, 'column id: Two things were named'),
    ("id,received_at\n", {"mapping": {"id": "id"}, "constants": {"id": "1"}}, "Two things"),
    ("id,received_at,x\n", {"values": {"x": {"1": "2"}}}, "the column is not used"),
    ("id,received_at\n", {"values": {"y": {"1": "2"}}}, "column y: This column is not in the file"),
    ("id,id,received_at\n1,1,2026-03-01\n", {}, '"id" 2 times'),
    ("id\n1\n", {"constants": {"received_at": "soon"}}, 'column received_at, "soon"'),
    ("id\n1\n", {"constants": {"received_at": " "}}, "The value for all rows is empty."),
    ("", {}, "is empty"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "options", "error"), FILE_FAULTS)
def test_a_file_that_does_not_fit_is_refused_in_one_sentence(company, text, options, error):
    outcome = take_in(company, "leads", text, **options)
    assert outcome.error_count == 1, texts(outcome)
    assert error in texts(outcome)[0]
    assert outcome.run.state == ImportRun.State.REFUSED


def test_an_id_twice_in_one_file_names_both_rows(company):
    outcome = take_in(
        company, "leads", "id,received_at\nA,2026-03-01\nB,2026-03-01\nA,2026-03-02\n"
    )
    assert texts(outcome) == [
        'row 4, column id, "A": Row 2 has this id too. '
        "Give each lead an id of its own, or delete one of the two rows."
    ]
    assert not Lead.objects.exists()


@pytest.mark.parametrize("place", [0, 1, 499, 998, 999])
def test_one_bad_row_anywhere_keeps_all_rows_out(company, place):
    rows = [f"{n},2026-03-01,Sale" for n in range(1000)]
    rows[place] = f"{place},nonsense,Sale"
    outcome = take_in(company, "leads", "id,received_at,campaign\n" + "\n".join(rows))
    assert outcome.error_count == 1
    assert texts(outcome)[0].startswith(f'row {place + 2}, column received_at, "nonsense"')
    assert not Lead.objects.exists()
    assert not Campaign.objects.exists()


def test_all_errors_are_counted_and_the_first_hundred_kept(company):
    rows = "".join(f"{n},nonsense\n" for n in range(250))
    outcome = take_in(company, "leads", f"id,received_at\n{rows}")
    assert (outcome.error_count, len(outcome.errors)) == (250, 100)
    assert outcome.summary() == "file.csv: 250 errors; nothing was saved."


def test_an_empty_translation_is_an_empty_cell(company):
    take_in(company, "leads", "id,received_at,City\nA,2026-03-01,Select\n",
            values={"city": {"select": ""}})  # fmt: skip
    assert lead("A").city == ""


def test_an_apostrophe_before_a_formula_is_taken_off(company):
    take_in(company, "leads", "id,received_at,campaign\nA,2026-03-01,'=SUM(A1)\n")
    assert lead("A").utm_campaign == "=SUM(A1)"


def test_a_lead_that_another_door_stores_meanwhile_is_found_the_second_time(company, monkeypatch):
    real, meanwhile = LeadRows.save, ["B"]

    def save(self):
        if meanwhile:
            make_lead(company, external_id=meanwhile.pop())
            raise IntegrityError("the lead's id is there")
        return real(self)

    monkeypatch.setattr(LeadRows, "save", save)
    outcome = take_in(company, "leads", THREE)
    assert (outcome.rows, outcome.new) == (3, 3)
    assert Lead.objects.count() == 3


def test_a_name_refused_on_a_full_day_claims_only_the_rows_after_its_discovery(company):
    company.new_campaigns_per_day = 1
    company.save()
    rows = [
        ("1", "2026-03-02", "spring"),  # takes the only room of the 2nd
        ("2", "2026-03-02", "summer"),  # the 2nd is full
        ("3", "2026-03-03", "summer"),  # discovers it on the 3rd
        ("4", "2026-03-02", "summer"),  # is there by now
        ("5", "2026-03-03", "autumn"),  # the 3rd is full
    ]
    text = "id,received_at,utm_campaign\n" + "".join(",".join(row) + "\n" for row in rows)
    outcome = take_in(company, "leads", text)
    reasons = dict(Lead.objects.values_list("external_id", "unattributed_reason"))
    assert reasons == {"1": "", "2": "flood", "3": "", "4": "", "5": "flood"}
    assert any("2 leads stay unattributed" in note for note in outcome.notes)
