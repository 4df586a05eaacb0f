"""The proof comes from a second query; when it disagrees, page and log say so."""

import logging
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from reports import proof
from reports.query import ReportQuery
from reports.report import run_report
from reports.rollup.reader import RollupReader
from reports.sources import LeadTotals, SpendTotals
from tests.factories import make_booking, make_lead, make_spend


@pytest.fixture
def query(company):
    make_booking(make_lead(company, "spring", utm_source="news"), "completed", 12_345)
    make_lead(company, "spring")
    make_lead(company)
    make_lead(company, kind="bot")
    make_spend(company, "spring", 2_000)
    make_spend(company, "sprnig", 777)
    return ReportQuery(company=company, start=date(2026, 3, 1), end=date(2026, 3, 31))


def falsify(monkeypatch, name, change):
    """Let the first query find something else than what is there."""
    real = RollupReader.groups

    def false(self, *asked):
        found = dict(zip(("lead_groups", "spend_groups"), real(self, *asked), strict=True))
        first, *others = found[name]
        found[name] = [first._replace(**change(first)), *others]
        return tuple(found.values())

    monkeypatch.setattr(RollupReader, "groups", false)


def test_a_proof_that_holds_says_the_sums(query):
    found = run_report(query).proof
    assert found.holds and found.leads_hold and found.money_holds
    assert found.lead_text == "2 named + 1 unattributed = 3 counted; + 1 excluded = 4 received ✓"
    assert found.spend_text == "€20.00 matched + €7.77 not matched = €27.77 spend ✓"
    assert found.revenue == Decimal("123.45")


def test_a_proof_that_holds_logs_nothing(query, caplog):
    run_report(query)
    assert caplog.records == []


@pytest.mark.parametrize(
    "change",
    [
        lambda group: {"leads": group.leads + 1},
        lambda group: {"leads": group.leads - 1},
        lambda group: {"bot": group.bot + 1},
    ],
)
def test_leads_that_do_not_add_up_are_shown_and_logged(query, monkeypatch, caplog, change):
    falsify(monkeypatch, "lead_groups", change)
    with caplog.at_level(logging.ERROR):
        found = run_report(query).proof
    assert not found.holds
    assert not found.leads_hold
    assert found.lead_text.endswith("4 received ✗")
    assert found.spend_text.endswith("✓")
    assert "The report does not add up" in caplog.text


def test_a_lead_counted_as_named_that_is_not_is_found(query, monkeypatch):
    moved = {"campaign_id": None, "reason": "direct"}
    falsify(monkeypatch, "lead_groups", lambda group: moved if group.campaign_id else {"leads": 0})
    assert not run_report(query).proof.leads_hold


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("lead_groups", lambda group: {"revenue_minor": group.revenue_minor + 1}),
        ("spend_groups", lambda group: {"amount_minor": group.amount_minor + 1}),
        ("spend_groups", lambda group: {"amount_minor": -group.amount_minor}),
    ],
)
def test_money_that_does_not_add_up_is_shown_and_logged(query, monkeypatch, caplog, name, change):
    falsify(monkeypatch, name, change)
    with caplog.at_level(logging.ERROR):
        found = run_report(query).proof
    assert found.leads_hold
    assert not found.money_holds
    assert not found.holds
    assert found.spend_text.endswith("✗")
    assert "The report does not add up" in caplog.text


def test_spend_counted_as_matched_that_is_not_is_found(query, monkeypatch):
    falsify(monkeypatch, "spend_groups", lambda group: {"campaign_id": None, "amount_minor": 0})
    assert not run_report(query).proof.money_holds


def test_a_wrong_sum_of_the_rows_is_found_even_when_the_total_is_right(query):
    report = run_report(query)
    claimed = {
        "named": 2,
        "unattributed": 1,
        "counted": 3,
        "excluded": 1,
        "revenue": Decimal("123.45"),
        "revenue_total": Decimal("123.45"),
        "matched": Decimal("20.00"),
        "unmatched": Decimal("7.77"),
        "spend": Decimal("27.77"),
    }
    again = LeadTotals(4, 3, 2, 12_345), SpendTotals(2, 2, 2_777, 2_000)
    assert report.proof.holds
    assert proof.prove(query, *again, claimed, 2, spend_unknown=False).holds
    for name, value in claimed.items():
        wrong = claimed | {name: value + 1}
        assert not proof.prove(query, *again, wrong, 2, spend_unknown=False).holds, name


def test_spend_that_is_unknown_is_not_claimed(query):
    found = run_report(replace(query, sources=("news",))).proof
    assert found.holds
    assert not found.spend_known
    assert found.spend_text == ""


def test_the_text_groups_thousands_and_uses_the_currency(company):
    company.currency = "JPY"
    company.save()
    make_spend(company, "nobody", 1_234_567)
    query = ReportQuery(company=company, start=date(2026, 3, 1), end=date(2026, 3, 31))
    assert "¥1,234,567 not matched" in run_report(query).proof.spend_text
