"""Closing a month, what changes of it afterwards, and the figures as they were; sums by hand."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.db.models import ProtectedError

from attribution.kinds import Wanted, by_hand, make, undo
from attribution.models import Booking, Campaign, Lead
from attribution.repair import apply
from attribution.repair.intents import Correct, Merge, Undo
from reports.closing import causes
from reports.closing.causes import from_json
from reports.closing.closing import NotClosed, close, reopen
from reports.closing.covering import NotAsClosed
from reports.closing.figures import by_campaign, whole
from reports.closing.look import look, look_at
from reports.closing.today import known_sums
from reports.closing.words import causes_text
from reports.models import ClosedLeads, ClosedMonth, RestatedFigure, Restatement, RollupState
from reports.periods import Days
from reports.query import ReportQuery
from reports.report import run_report
from reports.rollup.refresh import refresh
from reports.serialize import as_dict
from spend.models import SpendEntry
from tests.attribution.import_files import take_in
from tests.factories import make_booking, make_lead, make_spend, make_user
from tests.reports.march import make_march

MARCH = date(2026, 3, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2026, 4, 3, 9, tzinfo=UTC), tick=False) as clock:
        yield clock


@pytest.fixture
def anna(company, clock):
    return make_user(company, "owner", username="anna")


@pytest.fixture
def closed(company, anna, clock):
    """March 2026 (see `tests.reports.march`), closed on 3 April; a day later it is looked at."""
    make_march(company)
    closing = close(company, MARCH, anna)
    clock.shift(86_400)
    return closing


def seen(closing):
    """Look once more; the figures of the restatement that is made: campaign, figure, old, new."""
    refresh(closing.company_id)
    before = set(Restatement.objects.values_list("pk", flat=True))
    look(closing.company)
    rows = RestatedFigure.objects.exclude(restatement__in=before).order_by("pk")
    return [(one.campaign_name, one.measure, one.old, one.new) for one in rows]


def cause(closing):
    """Of the last restatement, in words."""
    last = Restatement.objects.order_by("-pk").first()
    return causes_text(from_json(last.causes), closing.company)


def march(company, **values):
    return ReportQuery(company=company, start=MARCH, end=date(2026, 3, 31), **values)


def figures(report):
    return {
        row.label: tuple(row.values[name] for name in ("leads", "booked", "revenue", "spend"))
        for row in (*report.rows, report.unattributed, report.total)
    }


def test_closing_keeps_what_the_report_says(closed, company):
    known = whole(known_sums(closed)[1])
    assert [known[name] for name in ("leads", "booked", "completed")] == [13, 5, 4]
    assert [known[name] for name in ("revenue", "spend", "entries")] == [24_000, 9_250, 4]
    assert (known["test"], known["bot"]) == (1, 1)
    spring = Campaign.objects.get(key="spring").pk
    assert by_campaign(known_sums(closed)[1])[spring]["booked"] == 3
    assert (closed.received, closed.counted, closed.named) == (15, 13, 11)
    assert (closed.revenue_minor, closed.spend_minor, closed.matched_minor) == (
        24_000,
        9_250,
        8_500,
    )


def test_a_month_is_closed_once_and_only_when_it_is_over(closed, company, anna):
    with pytest.raises(NotClosed, match="March 2026 is closed already"):
        close(company, MARCH, anna)
    with pytest.raises(NotClosed, match=r"April 2026 is not over: .* from 1 May 2026 on"):
        close(company, date(2026, 4, 1), anna)
    with pytest.raises(NotClosed):
        close(company, date(2026, 3, 2), anna)


def test_young_leads_are_counted_and_do_not_hinder(company, anna):
    for day in (2, 30, 31):
        lead = make_lead(company, received_at=datetime(2026, 3, day, tzinfo=UTC))
    booking = make_booking(lead, booked_at=datetime(2026, 4, 3, tzinfo=UTC))
    assert booking.slots_to_book == 3 * 48  # bookings take three days: from 1 April on it is young
    assert close(company, MARCH, anna).young == 0
    Booking.objects.update(slots_to_book=5 * 48)  # five days: from 30 March on
    assert close(company, date(2026, 2, 1), anna).young == 0
    reopen(ClosedMonth.objects.get(month=MARCH), anna, "to count again")
    assert close(company, MARCH, anna).young == 2


def test_money_without_a_rate_has_to_be_settled_first(company, anna):
    make_spend(company, "spring", None, original_minor=900, currency="SEK")
    with pytest.raises(NotClosed, match=r"No rate of exchange for SEK, 2 Mar 2026.*Add the rates"):
        close(company, MARCH, anna)


def test_sums_that_are_not_built_are_waited_for(closed, company, anna):
    RollupState.objects.update_or_create(company=company, defaults={"ready": False})
    with pytest.raises(NotClosed, match="being made anew"):
        close(company, date(2026, 2, 1), anna)
    make_lead(company, "spring")
    assert look(company) == 0  # nor is anything compared with them
    RollupState.objects.update(ready=True)
    assert seen(closed) == [("Spring", "leads", 6, 7)]


def test_nothing_is_restated_where_nothing_has_changed(closed):
    assert seen(closed) == []
    make_lead(closed.company, "spring", received_at=datetime(2026, 4, 1, 12, tzinfo=UTC))
    assert not Restatement.objects.exists()


def test_a_change_by_any_way_is_restated_once_with_old_and_new(closed):
    with connection.cursor() as cursor:  # by a way that leaves no trace
        cursor.execute(
            "UPDATE attribution_booking SET value_minor = 12000 WHERE value_minor = 10000"
        )
        cursor.execute("DELETE FROM spend_spendentry WHERE amount_minor = 2000")
    assert seen(closed) == [
        ("Spring", "revenue", 15_000, 17_000),
        ("Posters", "spend", 2_000, None),
        ("Posters", "entries", 1, 0),
        ("Posters", "priced", 1, 0),
    ]
    assert cause(closed) == "cause not recorded"
    assert seen(closed) == []
    assert whole(known_sums(closed)[1])["revenue"] == 26_000
    assert whole(known_sums(closed)[0])["revenue"] == 24_000


def test_the_tick_looks_and_says_so(closed, capsys):
    make_lead(closed.company, "brand")
    call_command("tick")
    assert "Closed months restated: 1" in capsys.readouterr().out
    call_command("tick")
    assert "restated" not in capsys.readouterr().out


def test_what_comes_in_the_moment_of_closing_is_seen_by_the_next_look(company, anna):
    make_march(company)
    closing = close(company, MARCH, anna)
    make_lead(company, "brand")  # whoever takes its mark may not have known of the closed month
    assert look(company) == 1
    assert look(company) == 0
    assert ClosedMonth.objects.get(pk=closing.pk).looks == 1


def test_two_looks_at_once_write_one_restatement(closed, monkeypatch):
    make_lead(closed.company, "brand")
    recent = causes.recent

    def while_another_looks(closing, now):
        monkeypatch.setattr(causes, "recent", recent)
        assert look_at(closing.pk)
        return recent(closing, now)

    monkeypatch.setattr(causes, "recent", while_another_looks)
    assert not look_at(closed.pk)
    assert Restatement.objects.count() == 1


def test_what_no_mark_has_told_is_found_within_a_day(closed, clock):
    seen(closed)
    refresh(closed.company_id)
    make_lead(closed.company, "brand")
    refresh(closed.company_id)
    ClosedMonth.objects.update(touched=1, looked=1)  # as if nobody had noted it
    assert look(closed.company) == 0
    clock.shift(86_401)
    assert look(closed.company) == 1


def test_a_move_within_a_campaign_is_told_by_its_parts(closed):
    Lead.objects.filter(source="news", campaign__key="tiny").update(source="letter")
    assert seen(closed) == [
        (name, measure, old, new)
        for name in ("Tiny",)
        for measure, value in (
            ("leads", 1),
            ("booked", 1),
            ("completed", 1),
            ("revenue", 1_000),
        )
        for old, new in ((0, value), (value, 0))
    ]
    parts = RestatedFigure.objects.filter(measure="leads").order_by("pk")
    assert all(one.is_part for one in parts)
    assert ["source", "letter"] in parts[0].part
    report = run_report(march(closed.company))
    assert report.closed.leads == 0  # parts are in no sum


# Causes


def test_files_are_named_with_who_took_them_in(closed, anna):
    take_in(closed.company, "spend", "date,campaign,amount\n2026-03-05,spring,10.00\n", author=anna)
    take_in(
        closed.company, "leads", "id,received_at,utm_campaign\nx1,2026-04-05,spring\n", author=anna
    )
    assert seen(closed) == [
        ("Spring", "spend", 6_000, 7_000),
        ("Spring", "entries", 1, 2),
        ("Spring", "priced", 1, 2),
    ]
    assert cause(closed) == "file file.csv (anna, 4 Apr 2026, 09:00)"


def test_a_repair_and_its_undoing_are_two_restatements(closed, anna, clock):
    company = closed.company
    keys = ("tiny", "brand")
    tiny, brand = (Campaign.objects.get(key=key) for key in keys)
    repair = apply.save(company, Merge((tiny.pk,), brand.pk), anna)
    there = seen(closed)
    assert ("Brand", "leads", 4, 5) in there and ("Tiny", "leads", 1, 0) in there
    assert cause(closed) == f"repair “{repair.title}” (anna, 4 Apr 2026, 09:00)"
    clock.shift(60)
    apply.save(company, Undo(repair.pk), anna)
    back = seen(closed)
    assert sorted(back) == sorted((name, what, new, old) for name, what, old, new in there)
    assert cause(closed) == f"repair “{repair.title}” undone (anna, 4 Apr 2026, 09:01)"
    as_closed, today = known_sums(closed)
    assert as_closed == today


def test_a_correction_of_leads_of_another_month_is_no_cause(closed, anna):
    company = closed.company
    late = make_lead(company, "spring", received_at=datetime(2026, 4, 1, tzinfo=UTC))
    apply.save(company, Correct(leads=(late.pk,), source="letter"), anna)
    Lead.objects.filter(kind="bot").update(kind="primary", kind_reason="")
    assert seen(closed) == [("", "leads", 2, 3), ("", "bot", 1, 0)]
    assert "repair" in cause(closed)  # nothing else is known to have happened
    mine = Lead.objects.filter(campaign__key="brand").first()
    apply.save(company, Correct(leads=(mine.pk,), source="letter"), anna, "typed wrong")
    seen(closed)
    assert cause(closed).count("repair") == 1


def test_changes_of_kinds_and_spend_by_hand_are_named(closed, anna, clock):
    company = closed.company
    batch = make(
        company, by_hand(Lead.objects.filter(kind="test"), Wanted("primary")), anna, "ours"
    )
    assert seen(closed) == [("Spring", "leads", 6, 7), ("Spring", "test", 1, 0)]
    assert cause(closed) == "kinds of leads changed: ours (anna, 4 Apr 2026, 09:00)"
    clock.shift(600)
    undo(batch, anna)
    entry = SpendEntry.objects.get(campaign__key="tiny")
    entry.amount_minor, entry.changed_by = 700, anna
    entry.save()
    seen(closed)
    assert cause(closed) == (
        "change of kinds of leads undone: ours (anna, 4 Apr 2026, 09:10);"
        " spend changed by hand (anna, 4 Apr 2026, 09:10)"
    )


def test_what_comes_late_is_named_by_its_way_in(closed):
    company = closed.company
    lead = Lead.objects.filter(campaign__key="brand", booked=False).first()
    Booking.objects.create(
        company=company,
        external_id="late",
        lead=lead,
        booked_at=datetime(2026, 4, 3, tzinfo=UTC),
        came_by="webhook:calcom",
    )
    assert seen(closed) == [("Brand", "booked", 1, 2)]
    assert cause(closed) == "bookings that came late, by webhook:calcom (4 Apr 2026, 09:00)"


# As closed


def test_the_report_says_both_and_what_lies_between(closed, company):
    before = figures(run_report(march(company, compare="none")))
    make_booking(Lead.objects.filter(campaign__key="brand", booked=False).first(), "completed", 100)
    make_lead(company, "brand")
    make_spend(company, "brand", 1_200)
    Campaign.objects.filter(key="brand").update(name="Other name")
    seen(closed)
    today, then = (run_report(march(company, compare="none", as_closed=one)) for one in (0, 1))
    assert figures(then) == before
    assert then.proof.holds and then.proof.lead_text.startswith("11 named + 2 unattributed = 13")
    assert figures(today)["Other name"] != before["Brand"]
    assert today.closed.text == (
        "1 closed month in this period."
        " 1 was restated since (of all campaigns: +1 lead, +€12.00 spend)."
    )
    assert then.closed.text.startswith("As closed: Mar 2026 (closed on 3 Apr 2026 by anna). 1 was")
    said = as_dict(then)
    assert said["figures"] == "as closed"
    assert said["closed_months"] == {"months": 1, "restated": 1, "leads": 1, "spend": "12.00"}
    assert [one.label for one in then.excluded] == ["Test", "Bot"]
    assert sum(name.entries for name in then.unmatched_names) == 1


@pytest.mark.parametrize(
    "asked",
    [
        {"group_by": "source"},
        {"group_by": "group", "said": {"campaign_group": ("(none)",)}},
        {"group_by": "channel"},
        {"group_by": "medium", "sources": ("google",)},
        {"sources": ("news",), "search": "b"},
        {"channels": ("email",)},
        {"lines": ("media",)},
        {"statuses": ("paused",)},
    ],
)
def test_every_question_has_the_same_answer_as_closed_while_nothing_changes(closed, company, asked):
    today, then = (
        run_report(march(company, compare="none", as_closed=one, **asked)) for one in (False, True)
    )
    assert figures(then) == figures(today)
    assert then.proof == today.proof and then.proof.holds
    assert then.outside == today.outside
    assert then.facets == today.facets


def test_figures_as_closed_are_there_for_whole_closed_months_alone(closed, company):
    start, end = MARCH, date(2026, 3, 31)
    for values, why in (
        ({"start": date(2026, 2, 1)}, "1 Feb – 28 Feb 2026 is not closed"),
        ({"start": date(2026, 3, 5)}, "of 1 Mar – 31 Mar 2026 only a part"),
        ({"group_by": "country"}, "not by country"),
        ({"also": ("test",)}, "not of other kinds"),
        ({"model": "linear"}, "not by visits"),
        ({"compare": "previous"}, "29 Jan – 28 Feb 2026 is not closed"),
    ):
        given = {"start": start, "end": end, "compare": "none"} | values
        with pytest.raises(NotAsClosed, match=why):
            run_report(ReportQuery(company=company, as_closed=True, **given))


def test_two_closed_months_are_compared(closed, company, anna):
    make_lead(company, "brand", received_at=datetime(2026, 2, 3, tzinfo=UTC))
    close(company, date(2026, 2, 1), anna)
    days = Days(date(2026, 2, 1), date(2026, 2, 28))
    report = run_report(march(company, compare="custom", own_days=days, as_closed=True))
    assert report.total.values["leads"] == 13
    assert report.total.previous["leads"] == 1


# Opened again


def test_a_month_is_opened_again_with_a_reason_and_closed_once_more(closed, company, anna):
    with pytest.raises(NotClosed, match="Say why"):
        reopen(closed, anna, "  ")
    reopen(closed, anna, "a file was missing")
    with pytest.raises(NotClosed, match="open already"):
        reopen(closed, anna, "again")
    make_lead(company, "spring")
    assert seen(closed) == []  # nobody looks at it any more
    assert run_report(march(company)).closed is None
    again = close(company, MARCH, anna)
    assert (again.counted, ClosedMonth.objects.get(pk=closed.pk).counted) == (14, 13)


def test_what_was_closed_stays(closed):
    for rows in (ClosedMonth.objects.all(), ClosedLeads.objects.all()):
        with pytest.raises(ProtectedError):
            rows.delete()
    with pytest.raises((ProtectedError, ValidationError)):
        closed.delete()
