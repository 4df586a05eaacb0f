"""An import that is undone leaves the report as it was before, to the byte."""

from datetime import date
from random import Random

import pytest

from attribution import scope
from attribution.models import ExchangeRate, ImportRun
from reports.query import ReportQuery
from reports.report import run_report
from reports.serialize import as_json
from spend.importing.undo import NotUndone, undo
from spend.models import PlatformId, SpendEntry, SpendRevision
from tests.attribution.import_files import take_in
from tests.factories import make_campaign, make_company, make_spend, make_user

pytestmark = pytest.mark.django_db

GOOGLE = """Campaign report
"March 1, 2026 - March 2, 2026"
Campaign,Campaign ID,Day,Currency code,Impr.,Clicks,Cost
"""


@pytest.fixture
def company():
    with scope.all_companies():
        company = make_company(name="Acme", currency="EUR")
        for key in ("a", "b", "c"):
            make_campaign(company, key)
        yield company


def report(company):
    query = ReportQuery(company=company, start=date(2026, 2, 1), end=date(2026, 4, 30))
    return as_json(run_report(query))


def google(*rows):
    return GOOGLE + "".join(
        f"{name},{number},{day},EUR,10,1,{cost}\n" for name, number, day, cost in rows
    )


def test_what_was_new_goes_what_was_changed_or_removed_comes_back(company):
    first = google(("a", 1, "2026-03-01", 10), ("b", 2, "2026-03-01", 5), ("b", 2, "2026-03-02", 7))
    take_in(company, "spend", first)
    before, ids = report(company), set(SpendEntry.objects.values_list("pk", flat=True))
    second = take_in(
        company, "spend", google(("a", 1, "2026-03-01", 12), ("c", 3, "2026-03-01", 1))
    )
    assert (second.new, second.changed, second.gone) == (1, 1, 1)
    assert [change.text for change in second.changes] == [
        "row 4: a, 2026-03-01, amount: €10.00 → €12.00",
        "b, 2026-03-01: €5.00 → removed",
    ]
    assert SpendRevision.objects.filter(is_restatement=True).count() == 2
    assert report(company) != before
    undone = undo(second.run, make_user(company, "company_admin"))
    assert (undone.removed, undone.changed_back, undone.brought_back) == (1, 1, 1)
    assert report(company) == before
    assert set(SpendEntry.objects.values_list("pk", flat=True)) == ids
    assert not SpendRevision.objects.filter(is_restatement=True).exists()
    assert set(PlatformId.objects.values_list("external_id", flat=True)) == {"1", "2"}
    with pytest.raises(NotUndone, match="undone already"):
        undo(second.run, None)


def test_the_same_file_can_be_taken_in_again_afterwards(company):
    file = google(("a", 1, "2026-03-01", 10))
    undo(take_in(company, "spend", file).run, None)
    assert not SpendEntry.objects.exists()
    again = take_in(company, "spend", file)
    assert (again.new, again.already) == (1, None)


def test_a_later_import_of_the_same_rows_is_undone_first(company):
    first = take_in(company, "spend", google(("a", 1, "2026-03-01", 10)), name="one.csv").run
    second = take_in(company, "spend", google(("a", 1, "2026-03-01", 12)), name="two.csv").run
    with pytest.raises(NotUndone, match="two"):
        undo(first, None)
    undo(second, None)
    undo(first, None)
    assert not SpendEntry.objects.exists()


def test_what_a_later_import_brought_again_is_not_doubled(company):
    take_in(company, "spend", google(("a", 1, "2026-03-01", 10), ("b", 2, "2026-03-01", 1)))
    without = take_in(company, "spend", google(("a", 1, "2026-03-01", 10))).run
    again = google(("a", 1, "2026-03-01", 10), ("b", 2, "2026-03-01", 3))
    take_in(company, "spend", again, name="three.csv")
    with pytest.raises(NotUndone, match="three"):
        undo(without, None)


def test_what_was_changed_by_hand_since_is_not_lost(company):
    run = take_in(company, "spend", google(("a", 1, "2026-03-01", 10))).run
    entry = SpendEntry.objects.get()
    entry.amount_minor = 900
    entry.save()
    with pytest.raises(NotUndone, match="1 entry of it was changed by hand"):
        undo(run, None)


def test_an_owner_undoes_what_concerns_his_own_campaigns_alone(company):
    owner, other = make_user(company, "owner"), make_user(company, "owner")
    make_campaign(company, "hers", owner=other)
    run = take_in(company, "spend", google(("hers", 9, "2026-03-01", 10))).run
    with pytest.raises(NotUndone, match="other owners"):
        undo(run, owner)
    undo(run, other)


def test_rates_of_today_hold_for_what_comes_back(company):
    text = "day,campaign,amount,currency\n2026-03-02,a,10,USD\n"
    take_in(company, "spend", text)
    changed = take_in(company, "spend", text.replace("10", "20")).run
    ExchangeRate.objects.create(
        company=company, day=date(2026, 3, 2), base="USD", quote="EUR", rate="0.5"
    )
    undo(changed, None)
    entry = SpendEntry.objects.get()
    assert (entry.original_minor, entry.amount_minor) == (1000, 500)


def test_what_a_rate_did_to_an_import_is_no_restatement_once_it_is_undone(company):
    rate = ExchangeRate.objects.create(
        company=company, day=date(2026, 3, 2), base="USD", quote="EUR", rate="1"
    )
    text = "day,campaign,amount,currency\n2026-03-02,a,10,USD\n"
    take_in(company, "spend", text)
    more = text.replace("10", "20") + "2026-03-02,b,100,USD\n"
    changed = take_in(company, "spend", more).run
    rate.rate = "1.1"
    rate.save()
    undo(changed, None)
    # Of all that stands, the rate alone has made something else: $10.00 were €10.00.
    (restated,) = SpendRevision.objects.filter(is_restatement=True)
    assert (restated.how, restated.amount_minor, restated.new_amount_minor) == ("rate", 1000, 1100)
    assert "restated since" in report(company) and "+€1.00" in report(company)


@pytest.mark.parametrize("seed", range(4))
def test_random_imports_undone_last_first_leave_every_report_as_it_was(company, seed):
    rng = Random(seed)
    make_spend(company, "a", 100, day=date(2026, 3, 1))
    reports, taken = [report(company)], []
    for n in range(6):
        rows = {
            (name, number, f"2026-03-0{rng.randint(1, 4)}")
            for number, name in enumerate(rng.choices("abcd", k=5))
        }
        text = google(*((*row, rng.randint(0, 50)) for row in sorted(rows)))
        if rng.random() < 0.5:
            names = {(name, day) for name, _, day in rows}
            amounts = ((day, name, rng.randint(0, 50)) for name, day in sorted(names))
            text = "day,campaign,amount\n" + "".join(f"{d},{c},{a}\n" for d, c, a in amounts)
        outcome = take_in(company, "spend", text, name=f"{n}.csv")
        assert not outcome.error_count
        taken.append(outcome.run)
        reports.append(report(company))
    for run, was in zip(reversed(taken), reversed(reports[:-1]), strict=True):
        assert report(company) == reports[taken.index(run) + 1]
        undo(run, None)
        assert report(company) == was
    assert set(ImportRun.objects.values_list("state", flat=True)) == {"undone"}
