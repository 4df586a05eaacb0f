"""Batches: whose browser is looked at, and who follows whom."""

from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import given as each
from hypothesis import settings
from hypothesis import strategies as st

from attribution import scope
from attribution.capture.judging import judge
from attribution.capture.judging.judge import judge_all
from attribution.capture.judging.rulebook import Rulebook, lines_of
from attribution.models import Lead
from tests.attribution.judging.sent import (
    NOON,
    PAGE,
    SERVER,
    Person,
    given,
    item,
    make_lead,
    make_rule,
)
from tests.factories import make_company

pytestmark = pytest.mark.django_db
NO_RULES = Rulebook([])


@pytest.fixture(autouse=True)
def everywhere():
    with scope.all_companies():
        yield


@pytest.fixture
def company():
    return make_company()


def test_the_agent_of_a_server_that_sends_is_not_the_visitors(company):
    items = [item(), item(user_agent="Googlebot/2.1")]
    assert [one.kind for one in judge(company, SERVER, items)] == ["primary", "bot"]


def test_the_agent_and_the_address_of_a_browser_are_the_visitors(company):
    make_rule(company, "ip", "203.0.113.0/24", "vpn")
    [found] = judge(company, PAGE, [item()])
    assert (found.kind, set(found.marks)) == ("primary", {"vpn"})
    [found] = judge(company, PAGE._replace(agent="curl/8.5"), [item()])
    assert (found.kind, found.kind_reason) == ("bot", "user_agent")


def test_rules_that_are_off_and_rules_of_others_do_not_speak(company):
    make_rule(company, "country", "DE", is_on=False)
    make_rule(make_company(), "country", "DE")
    assert judge(company, SERVER, [item(country="DE")])[0].kind == "primary"
    make_rule(company, "country", "AT")
    assert judge(company, SERVER, [item()], countries=["AT"])[0].kind == "blocked"


def test_two_questions_for_a_batch(company, django_assert_num_queries):
    make_rule(company, "country", "DE")
    make_lead(company, person_email="a", received_at=NOON)
    items = [item(country="DE"), *[item()] * 300]
    persons = [Person(f"a{n % 7}", f"b{n}") for n in range(301)]
    with django_assert_num_queries(2):
        judge(company, SERVER, items, persons)
    with django_assert_num_queries(2):  # on PostgreSQL the second also waits for other processes
        judge(company, SERVER, items[:100], persons[:100])
    with django_assert_num_queries(1):
        judge(company, SERVER, items)


@pytest.mark.parametrize(
    ("person", "days", "follows"),
    [
        (Person("anna"), 30, True),
        (Person("anna"), 30.01, False),
        (Person(person_phone="123"), 1, True),
        (Person("bert", "123"), 1, True),
        (Person("bert"), 1, False),
        (Person(), 1, False),
        (Person("anna"), -0.001, True),  # minutes apart: clocks differ
        (Person("anna"), -0.01, False),
    ],
)
def test_the_same_person_within_the_days_of_the_company(company, person, days, follows):
    first = make_lead(company, person_email="anna", person_phone="123", received_at=NOON)
    then = NOON + timedelta(days=days)
    [found] = judge(company, SERVER, [item(received_at=then)], [person])
    assert found.kind == ("follow_up" if follows else "primary")
    assert found.kind_reason == ("same_person" if follows else "")
    assert found.first_lead == (first.pk if follows else None)


def test_no_days_no_follow_ups():
    company = make_company(follow_up_days=0)
    make_lead(company, person_email="anna", received_at=NOON)
    assert judge(company, SERVER, [item()], [Person("anna")])[0].kind == "primary"


def test_persons_of_other_companies_are_others(company):
    make_lead(make_company(), person_email="anna", received_at=NOON)
    assert judge(company, SERVER, [item()], [Person("anna")])[0].kind == "primary"


@pytest.mark.parametrize("kind", Lead.Kind.values)
def test_only_enquiries_are_followed(company, kind):
    make_lead(company, kind=kind, person_email="anna", received_at=NOON)
    found = judge(company, SERVER, [item()], [Person("anna")])[0]
    is_enquiry = kind in ("primary", "follow_up", "duplicate")
    assert found.kind == ("follow_up" if is_enquiry else "primary")


def test_a_chain_leads_to_its_first(company):
    first = make_lead(company, person_email="anna", received_at=NOON)
    second = make_lead(
        company,
        kind="follow_up",
        first_lead=first,
        person_email="anna",
        person_phone="1",
        received_at=NOON + timedelta(days=20),
    )
    then = NOON + timedelta(days=45)
    [found] = judge(company, SERVER, [item(received_at=then)], [Person("anna")])
    assert (found.kind, found.first_lead) == ("follow_up", first.pk)
    assert second.pk != found.first_lead


def test_what_is_excluded_otherwise_stays_what_it_is(company):
    make_lead(company, person_email="anna", received_at=NOON)
    items = [item(kind="test"), item(honeypot="x"), item(kind="follow_up")]
    found = judge(company, SERVER, items, [Person("anna")] * 3)
    assert [one.kind for one in found] == ["test", "bot", "follow_up"]
    assert [one.kind_reason for one in found] == ["stated", "honeypot", "stated"]
    assert [one.first_lead is not None for one in found] == [False, False, True]


def test_never_excluded_is_no_follow_up_either(company):
    make_rule(company, "country", "CH", "fine")
    make_lead(company, person_email="anna", received_at=NOON)
    found = judge(company, SERVER, [item(country="CH")], [Person("anna")])[0]
    assert (found.kind, found.first_lead) == ("primary", None)


def test_within_a_batch_the_earlier_one_is_the_first(company):
    batch = [
        given(2, person_email="anna"),
        given(0, person_email="anna", person_phone="1"),
        given(1, person_phone="1"),
        given(1, person_email="bert"),
    ]
    found = judge_all(company, batch, NO_RULES)
    assert [one.kind for one in found] == ["follow_up", "primary", "follow_up", "primary"]
    assert [one.first_item for one in found] == [1, None, 1, None]


def test_many_leads_of_one_person_are_found_by_index(company):
    """One row is read for each digest, however many leads there are of it."""
    from attribution.capture.judging.persons import _statement, _windows

    windows = list(_windows(30, [given(0, person_email="anna", person_phone="1")]))
    sql, params = _statement(company.pk, windows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {sql}", params)
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        plan = "\n".join(str(row) for row in cursor.fetchall())
    assert "lead_person_email" in plan
    assert "lead_person_phone" in plan


moments = st.integers(0, 70)
persons = st.sampled_from(["", "anna", "bert"])


@settings(max_examples=15)
@each(st.lists(st.tuples(moments, persons, persons), min_size=1, max_size=8))
def test_a_batch_gives_what_its_leads_give_one_by_one(leads):
    """Stored one after the other in the order of time, or judged together."""
    leads = sorted(leads, key=lambda one: one[0])
    company, other = make_company(), make_company()
    batch = [given(days, person_email=e, person_phone=p) for days, e, p in leads]
    together = judge_all(company, batch, NO_RULES)
    stored = []
    for one, beside in zip(batch, together, strict=True):
        [alone] = judge_all(other, [one], Rulebook(lines_of(other.pk)))
        assert (alone.kind, alone.kind_reason) == (beside.kind, beside.kind_reason)
        first = None if beside.first_item is None else stored[beside.first_item].pk
        assert alone.first_lead == first
        stored.append(
            make_lead(
                other,
                kind=alone.kind,
                first_lead_id=alone.first_lead,
                received_at=one.received_at,
                person_email=one.person_email,
                person_phone=one.person_phone,
            )
        )
