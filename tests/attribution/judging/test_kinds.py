"""Kinds changed by persons and by rules: what counts follows, and undoing brings back all of it."""

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given as each
from hypothesis import settings
from hypothesis import strategies as st

from attribution import kinds, scope
from attribution.capture.judging import stored
from attribution.capture.judging.rulebook import Line
from attribution.capture.judging.usual import USUAL, add_usual_rules
from attribution.kinds import Wanted
from attribution.models import CaptureRule, KindChange, Lead
from reports.query import ReportQuery
from reports.report import run_report
from reports.serialize import as_json
from tests.attribution.judging.sent import NOON, make_lead, make_rule
from tests.factories import make_booking, make_company, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everywhere():
    with scope.all_companies():
        yield


@pytest.fixture
def company():
    return make_company(slug="acme")


def bytes_of(company):
    days = {"start": date(2026, 3, 1), "end": date(2026, 3, 31)}
    report = run_report(ReportQuery(company=company, **days))
    assert report.proof.holds
    return as_json(report)


def hand(leads, *wanted):
    return kinds.by_hand(Lead.objects.filter(pk__in=[lead.pk for lead in leads]), Wanted(*wanted))


def states(company):
    return list(Lead.objects.filter(company=company).order_by("pk").values(*kinds.COLUMNS))


def line_of(rule):
    return Line(rule.pk, rule.what, rule.value, rule.then)


def test_the_effect_is_told_before_it_is_made(company):
    leads = [make_lead(company, "a", kind=kind) for kind in ("primary", "primary", "test")]
    make_booking(leads[0], "completed", 2500)
    make_booking(leads[2], "completed", 100)
    found = kinds.effect(hand(leads, "test"))
    assert found.leads == 2
    assert found.before == kinds.Sums(2, 1, 1, 2500)
    assert found.after == kinds.Sums()
    found = kinds.effect(hand(leads, "", {"hot": True}))
    assert (found.leads, found.before, found.after) == (
        3,
        kinds.Sums(2, 1, 1, 2500),
        kinds.Sums(2, 1, 1, 2500),
    )


def test_a_change_is_kept_with_its_reason_and_the_report_follows(company):
    user = make_user(company)
    leads = [make_lead(company, "a") for _ in range(3)]
    before = bytes_of(company)
    batch = kinds.make(company, hand(leads[:2], "test", {"vpn": True}), user, "Ours")
    lead = Lead.objects.get(pk=leads[0].pk)
    assert (lead.kind, lead.kind_reason, lead.is_vpn) == ("test", "by_hand", True)
    assert lead.mark_reasons == {"vpn": "by_hand"}
    [change] = kinds.history_of(lead)
    assert (change.batch.author, change.batch.reason) == (user, "Ours")
    assert (change.before["kind"], change.after["kind"]) == ("primary", "test")
    assert '"counted": 1' in bytes_of(company)
    assert kinds.undo(batch, user) == 2
    assert bytes_of(company) == before
    assert kinds.undo(batch, user) == 0
    batch.refresh_from_db()
    assert batch.undone_by == user


def test_what_was_changed_again_since_is_not_undone(company):
    leads = [make_lead(company), make_lead(company)]
    first = kinds.make(company, hand(leads, "test"), None)
    second = kinds.make(company, hand(leads[:1], "bot"), None)
    assert len(kinds.undoing(first)) == 1
    assert kinds.undo(second, None) == 1
    assert kinds.undo(first, None) == 2
    assert {one["kind"] for one in states(company)} == {"primary"}


def test_a_lead_that_somebody_changed_in_between_stays(company):
    leads = [make_lead(company), make_lead(company)]
    planned = hand(leads, "test")
    kinds.make(company, hand(leads[:1], "bot"), None)
    assert kinds.make(company, planned, None).leads == 1
    assert [one["kind"] for one in states(company)] == ["bot", "test"]


def test_the_history_of_a_lead_cannot_be_deleted(company):
    from django.db.models import ProtectedError

    kinds.make(company, hand([make_lead(company)], "test"), None)
    with pytest.raises(ProtectedError):
        KindChange.objects.all().delete()


kind = st.sampled_from(Lead.Kind.values)
marks = st.dictionaries(st.sampled_from(list(kinds.MARKS)), st.booleans())


@settings(max_examples=10)
@each(
    st.lists(st.tuples(kind, st.booleans()), min_size=1, max_size=5),
    st.lists(st.tuples(st.one_of(st.just(""), kind), marks), min_size=1, max_size=4),
)
def test_undoing_in_turn_brings_back_every_column_and_the_report(leads, deeds):
    company = make_company()
    for kind, is_hot in leads:
        lead = make_lead(company, "a", kind=kind, is_hot=is_hot, kind_reason="stated")
        make_booking(lead, "completed", 100)
    before, report = states(company), bytes_of(company)
    rows = Lead.objects.filter(company=company)
    batches = [kinds.make(company, kinds.by_hand(rows, Wanted(*deed)), None) for deed in deeds]
    bytes_of(company)
    for batch in reversed(batches):
        kinds.undo(batch, None)
    assert states(company) == before
    assert bytes_of(company) == report


# Rules and earlier leads


def test_a_rule_is_applied_to_earlier_leads_and_undone(company):
    rule = make_rule(company, "email_domain", "blocked.example")
    hot = make_rule(company, "country", "CH", "hot")
    leads = [
        make_lead(company, "a", email="x@blocked.example", country="CH"),
        make_lead(company, "a", email="x@sub.blocked.example", kind="follow_up"),
        make_lead(company, "a", email="x@notblocked.example", country="CH"),
        make_lead(company, "a", email="y@blocked.example", kind="test"),
        make_lead(company, "a", email="z@blocked.example", kind_reason="by_hand"),
        make_lead(make_company(), "a", email="x@blocked.example"),
    ]
    before = bytes_of(company)
    changes = stored.changes(company, [line_of(rule), line_of(hot)])
    batch = kinds.make(company, changes, None, rule=rule)
    found = [Lead.objects.get(pk=lead.pk) for lead in leads]
    assert [one.kind for one in found] == [
        *("blocked", "blocked", "primary", "test", "primary", "primary")
    ]
    assert [one.is_hot for one in found] == [True, False, True, False, False, False]
    assert found[0].kind_reason == f"rule:blocked:email_domain:{rule.pk}"
    assert found[2].mark_reasons == {"hot": f"rule:hot:country:{hot.pk}"}
    kinds.undo(batch, None)
    assert bytes_of(company) == before


def test_never_excluded_brings_back_what_the_program_excluded(company):
    rule = make_rule(company, "country", "CH", "fine")
    why = ["referrer_spam:semalt.com", "by_hand", "stated", ""]
    for reason in why:
        make_lead(company, kind="bot", kind_reason=reason, country="ch")
    kinds.make(company, stored.changes(company, [line_of(rule)]), None)
    assert [one["kind"] for one in states(company)] == ["primary", "bot", "bot", "bot"]


@pytest.mark.parametrize(
    ("what", "value", "values"),
    [
        ("email", "anna@example.org", {"email": "Anna@Example.org"}),
        ("name", "=test", {"name": "Test"}),
        ("name", "mickey mouse", {"name": "Mickey  Mouse"}),
        ("phone", "491701234567", {"phone": "+49 (170) 123 45 67"}),
        ("ip", "203.0.113.0/24", {"ip": "203.0.113.9"}),
        ("referrer", "casino.example", {"referrer": "https://www.CASINO.example/"}),
        ("referrer", "xn--bcher-kva.example", {"referrer": "https://bücher.example/"}),
        ("parameter", "cp_test=1", {"landing_page": "https://a.example/?CP_TEST=1"}),
        ("parameter", "promo code=a b", {"landing_page": "https://a.example/?promo%20code=A+b"}),
        ("country", "germany", {"country": "Germany"}),
    ],
)
def test_what_a_rule_meets_among_stored_leads(company, what, value, values):
    """The database narrows the leads down; it leaves out none that the rule meets."""
    lead = make_lead(company, **values)
    make_lead(company, email="b@other.example", name="Bert", phone="1", ip="::1", country="AT")
    [(found, lines)] = stored.met(company, [Line(7, what, value, "test")])
    assert (found.pk, [line.id for line in lines]) == (lead.pk, [7])
    assert not list(stored.met(company, [Line(7, what, value, "test")], NOON + timedelta(days=1)))


def test_one_question_however_many_leads_meet_a_rule(company, django_assert_num_queries):
    for number in range(5):
        make_lead(company, email=f"{number}@a.example")
    with django_assert_num_queries(1):
        assert len(list(stored.met(company, [Line(1, "email_domain", "a.example", "test")]))) == 5


def test_more_leads_than_can_be_changed_at_once(company, monkeypatch):
    monkeypatch.setattr(stored, "MOST", 1)
    for _ in range(2):
        make_lead(company, country="CH")
    with pytest.raises(stored.TooMany):
        stored.changes(company, [Line(1, "country", "CH", "test")])


def test_the_usual_rules_are_added_once(company):
    assert add_usual_rules(company) == len(USUAL)
    CaptureRule.objects.filter(company=company, what="name").delete()
    assert add_usual_rules(company) == 1


def test_a_new_company_has_the_usual_rules():
    call_command("create_company", "New", stdout=StringIO())
    rules = CaptureRule.objects.filter(company__slug="new")
    assert rules.count() == len(USUAL)


# The dry run


def test_judge_leads_says_what_the_rules_of_today_would_say(company):
    make_rule(company, "country", "CH")
    first = make_lead(company, country="CH", received_at=NOON)
    make_booking(first, "completed", 700)
    make_lead(company, referrer="https://semalt.com/", received_at=NOON)
    make_lead(company, person_email="p", received_at=NOON)
    make_lead(company, person_email="p", received_at=NOON + timedelta(days=1))
    make_lead(company, kind="bot", kind_reason="user_agent", received_at=NOON)
    make_lead(company, kind="test", received_at=NOON)
    make_lead(company, kind="blocked", kind_reason="rule:blocked:email:0", received_at=NOON)
    out = StringIO()
    call_command("judge_leads", company="acme", json=True, stdout=out)
    found = json.loads(out.getvalue())
    assert (found["leads"], found["settled"], found["same"]) == (7, 2, 1)
    assert [(one["from"], one["to"], one["leads"]) for one in found["would_change"]] == [
        ("blocked", "primary", 1),
        ("primary", "blocked", 1),
        ("primary", "bot", 1),
        ("primary", "follow_up", 1),
    ]
    assert found["would_change"][1]["revenue_minor"] == 700
    assert Lead.objects.filter(company=company, kind="primary").count() == 4  # nothing is changed
    out = StringIO()
    call_command("judge_leads", company="acme", since="2026-03-03", stdout=out)
    assert "1 leads: 0 as they are" in out.getvalue()
    for wrong in ({"company": "nowhere"}, {"company": "acme", "since": "yesterday"}):
        with pytest.raises(CommandError):
            call_command("judge_leads", **wrong, stdout=out)
