"""Rows that are nothing but new are saved as they are read, and end as in the other way."""

from datetime import date

import pytest
from django.db import OperationalError, connection
from django.utils.timezone import now
from hypothesis import example, given, settings
from hypothesis import strategies as st

from attribution import scope
from attribution.imports import engine
from attribution.models import ImportRun
from attribution.repair import apply
from attribution.repair.intents import Merge, RuleText, SaveRule
from attribution.verdict import Field, How
from reports.models import RollupSpendDay, RollupSpendMonth, RollupSpendWeekday, RollupSpendYear
from spend.importing.changes import basis_of
from spend.importing.straight import StraightSpendImporter
from spend.models import SpendEntry
from tests.attribution.import_files import file_of, take_in, texts
from tests.factories import make_campaign, make_company, make_spend, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]

HEADINGS = (
    *("day", "campaign", "campaign id", "amount", "currency"),
    *("clicks", "source", "note", "came from", "last day"),
)
KEPT = (RollupSpendDay, RollupSpendMonth, RollupSpendWeekday, RollupSpendYear)


@pytest.fixture
def went(monkeypatch):
    """True for each file that went straight."""
    found = []
    write = StraightSpendImporter.write

    def noted(self, saving):
        found.append(True)
        write(self, saving)

    monkeypatch.setattr(StraightSpendImporter, "write", noted)
    monkeypatch.setattr(engine, "STRAIGHT_FROM", 0)
    return found


@pytest.fixture
def company():
    with scope.all_companies():
        yield made()


def made():
    """A company with a campaign, another that has become part of a third, and a rule that sends
    what one source calls by a name of nobody to it.
    """
    company = make_company(currency="EUR")
    make_campaign(company, "spring", name="Spring")
    old, new = make_campaign(company, "old"), make_campaign(company, "new")
    apply.save(company, Merge((old.pk,), new.pk), None)
    what = {"field": Field.CAMPAIGN, "how": How.EXACT, "values": ("nobody",)}
    rule = RuleText(**what, only_source="google", campaign=new.pk)
    apply.save(company, SaveRule(rule), None)
    return company


def lines(*rows):
    return "\n".join(("day,campaign,amount", *rows)) + "\n"


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("", lines("2026-03-01,Spring,1.00", "2026-03-02,spring,2")),
        ("", lines("2026-03-01,Spring,0", "2026-03-02,Nobody,-2.50")),
        ("2026-02-28", lines("2026-03-01,Spring,1.00")),
        ("", "day,campaign,amount,currency\n2026-03-01,Spring,1.00,eur\n2026-03-01,b,1.00,\n"),
        ("", "day,campaign,spend\n2026-03-01,Spring,1.429999948\n"),
        ("", "day,campaign,cost_micros,currency\n2026-03-01,Spring,1425000,EUR\n"),
    ],
)
def test_new_days_go_straight(company, went, before, text):
    if before:
        take_in(company, "spend", lines(f"{before},Spring,9.00"))
        went.clear()
    outcome = take_in(company, "spend", text)
    assert (texts(outcome), outcome.new, outcome.changed) == ([], outcome.rows, 0)
    assert went == [True]


def test_the_database_says_when_an_entry_was_written(company, went):
    before = now()
    take_in(company, "spend", lines("2026-03-01,Spring,1.00"))
    assert went == [True]
    # Within a test all is one transaction, but each statement has a time of its own.
    assert before <= SpendEntry.objects.get().updated_at <= now()


def test_days_of_another_source_go_straight(company, went):
    make_spend(company, "spring", 500, day=date(2026, 3, 1), source="google_ads")
    assert take_in(company, "spend", lines("2026-03-01,Spring,1.00")).new == 1
    assert went == [True]


@pytest.mark.parametrize(
    "text",
    [
        lines("2026-03-01,Other,1.00"),  # a day of which this source has said something
        lines("2026-03-02,Spring,1.00", "2026-03-02,spring,2.00"),  # a key twice
        lines("2026-03,Spring,31.00"),
        lines("2026-03-02,Spring,1.00", "2026-03-03,Spring,x"),
        "day,campaign,amount,currency\n2026-03-02,Spring,1.00,USD\n",
        "day,last day,campaign,amount\n2026-03-02,2026-03-03,Spring,1.00\n",
        "day,campaign,amount,came from\n2026-03-02,Spring,1.00,cost-7\n",
        lines(),
    ],
)
def test_what_is_not_that_simple_is_staged(company, went, text):
    take_in(company, "spend", lines("2026-03-01,Spring,9.00"))
    went.clear()
    take_in(company, "spend", text)
    assert went == []


def test_beside_entries_that_were_typed_in_it_is_staged_and_said(company, went):
    make_spend(company, "spring", 500, day=date(2026, 3, 1))
    outcome = take_in(company, "spend", lines("2026-03-01,Spring,1.00"))
    assert went == []
    assert any("typed in by hand" in note for note in outcome.notes)


def test_beside_entries_of_another_source_it_goes_straight_and_says_so(company, went):
    make_spend(company, "spring", 500, day=date(2026, 3, 1), source="google-ads")
    outcome = take_in(company, "spend", lines("2026-03-01,Spring,1.00", "2026-03-02,Spring,2.00"))
    assert went == [True]
    assert outcome.notes[0].startswith("Beside one of the new entries (€1.00)")


def test_nothing_is_left_of_rows_that_went_straight_before_one_was_wrong(company, went):
    good = [f"2026-01-{1 + n % 28},name {n},1.00" for n in range(5_000)]
    outcome = take_in(company, "spend", lines(*good, "2026-01-01,Spring,ten"))
    assert len(texts(outcome)) == 1
    assert not SpendEntry.objects.exists()
    assert ImportRun.objects.get().state == ImportRun.State.REFUSED
    twice = take_in(company, "spend", lines(*good, good[0]))
    assert "Row 2 is of the same campaign and day too." in texts(twice)[0]
    assert (len(texts(twice)), went) == (1, [])
    assert not SpendEntry.objects.exists()


def test_campaigns_of_others_are_refused(company, went):
    make_campaign(company, "theirs", owner=make_user(company, "owner"))
    author = make_user(company, "owner")
    mine = make_campaign(company, "mine", owner=author)
    outcome = take_in(company, "spend", lines("2026-03-01,theirs,1.00"), author=author)
    assert ("another owner" in texts(outcome)[0], went) == (True, [])
    assert take_in(company, "spend", lines("2026-03-01,mine,1.00"), author=author).new == 1
    assert went == [True]
    assert SpendEntry.objects.get().campaign == mine


def test_what_was_confirmed_is_what_is_saved(company, went):
    """A basis is the same in both ways, and another one is refused by the other way."""
    text = lines("2026-03-01,Spring,1.00")
    given = (company, "spend", file_of(text), "file.csv", engine.ImportOptions(), None)
    with pytest.raises(engine.Overtaken):
        engine.take_in(*given, basis="another")
    assert not SpendEntry.objects.exists()
    assert engine.check(*given).basis == basis_of(1, [])
    assert engine.take_in(*given, basis=basis_of(1, [])).new == 1
    assert went == [True]


@pytest.mark.django_db(transaction=True)
def test_the_run_can_say_how_far_it_is(company, went, monkeypatch):
    """Its row is free until all rows are there."""
    beside, said = connection.copy(), []
    check = StraightSpendImporter.check_staged

    def look(self):
        with beside.cursor() as cursor:
            try:
                cursor.execute(
                    "SELECT 1 FROM attribution_importrun WHERE id = %s FOR UPDATE NOWAIT",
                    [self.job.run_id],
                )
                said.append(True)
            except OperationalError:
                said.append(False)
        check(self)

    monkeypatch.setattr(StraightSpendImporter, "check_staged", look)
    take_in(company, "spend", lines("2026-03-01,Spring,1.00"))
    beside.close()
    assert (said, went) == ([True], [True])


# Both ways, with whatever is there before.

DAYS = st.sampled_from(["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02", "2026-03"])
NAMES = st.sampled_from(["Spring", "spring%20", "old", "New", "nobody", "", "7"])
AMOUNTS = st.sampled_from(["1.00", "0", "-2.5", "", "10", "0.07", "1.429999948"])
ROWS = st.lists(
    st.tuples(
        DAYS,
        NAMES,
        st.sampled_from(["", "", "", "7", "8.0"]),
        AMOUNTS,
        st.sampled_from(["", "", "", "EUR", "USD"]),
        st.sampled_from(["", "3", "0"]),
        st.sampled_from(["", "", "Google", "bing"]),
        st.sampled_from(["", "a note\\", "'=1"]),
        st.sampled_from(["", "", "", "other"]),
        st.sampled_from(["", "", "", "", "2026-03-02"]),
    ),
    min_size=1,
    max_size=6,
)


MICROS = {"amount": "cost_micros", "1.00": "1005000", "-2.5": "-2505000", "10": "4999"}
DROPPED = st.sets(st.sampled_from([h for h in HEADINGS if h not in ("day", "amount")]))
MERGED = [("2026-03-01", "old", "", "1.00", "", "3", "", "", "", "")]
BY_A_RULE = [("2026-03-01", "nobody", "", "1.00", "", "3", "Google", "", "", "")]
HALF_CENTS = [("2026-03-01", "Spring", "", "1.00", "EUR", "3", "", "", "", "")]
SIMPLE = [("2026-03-01", "Spring", "7", "1.00", "", "3", "Google", "", "", "")]


@settings(max_examples=40)
@given(
    before=ROWS | st.just([]),
    rows=ROWS,
    dropped=DROPPED,
    whole_days=st.booleans(),
    micros=st.booleans(),
)
@example(before=[], rows=SIMPLE, dropped={"campaign"}, whole_days=False, micros=False)
@example(before=[], rows=MERGED, dropped=set(), whole_days=False, micros=False)
@example(before=[], rows=BY_A_RULE, dropped=set(), whole_days=False, micros=False)
@example(before=[], rows=HALF_CENTS, dropped=set(), whole_days=False, micros=True)
@example(before=SIMPLE, rows=SIMPLE, dropped=set(), whole_days=True, micros=False)
def test_both_ways_end_alike(before, rows, dropped, whole_days, micros):
    ends = []
    for size in (10**9, 0):
        with scope.all_companies(), pytest.MonkeyPatch.context() as patched:
            patched.setattr(engine, "STRAIGHT_FROM", size)
            ends.append(end_of(before, rows, dropped, whole_days, micros))
    assert ends[0] == ends[1]


def end_of(before, rows, dropped, whole_days, micros):
    """All that two imports say and leave behind, in words that are the same for any company."""
    company = made()
    said = []
    for some in filter(None, (before, rows)):
        named = take_in(company, "spend", text_of(some, dropped, micros), whole_days=whole_days)
        own = {"run": None, "already": bool(named.already)}
        if named.changed or named.gone:
            own["basis"] = None  # of the entries' numbers
        said.append(named.to_json() | own)
    return said, entries_of(company), [sums_of(company, table) for table in KEPT]


def text_of(rows, dropped, micros):
    """`micros`: the amounts in millionths, some of which are parts of a cent."""
    kept = [n for n, heading in enumerate(HEADINGS) if heading not in dropped]
    table = [HEADINGS, *rows]
    if micros:
        table = [(*row[:3], MICROS.get(row[3], row[3]), *row[4:]) for row in table]
    return "".join(",".join(row[n] for n in kept) + "\n" for row in table)


def entries_of(company):
    left_out = {"id", "company", "campaign", "import_run", "updated_at"}
    names = [f.attname for f in SpendEntry._meta.concrete_fields if f.name not in left_out]
    entries = SpendEntry.objects.filter(company=company)
    return sorted(map(repr, entries.values_list(*names, "campaign__key")))


def sums_of(company, table):
    keys = {0: ""} | dict(company.campaign_set.values_list("pk", "key"))
    left_out = {"pk", "company_id", "campaign_id"}
    names = [f.attname for f in table._meta.concrete_fields if f.attname not in left_out]
    rows = table.objects.filter(company_id=company.pk).values_list("campaign_id", *names)
    return sorted(repr((keys[campaign], *row)) for campaign, *row in rows)
