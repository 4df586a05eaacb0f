"""Pages of rules and of changes of kinds: what they say, whom they let in, what they leave."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from attribution import kinds, scope
from attribution.capture.judging.usual import USUAL
from attribution.models import CaptureRule, KindBatch, Lead
from tests.attribution.judging.sent import make_lead, make_rule
from tests.factories import make_booking, make_company, make_user

pytestmark = pytest.mark.django_db
LIST = "admin:attribution_capturerule_changelist"
ADD = "admin:attribution_capturerule_add"
TRY = "admin:attribution_capturerule_try"
LEADS = "admin:attribution_lead_changelist"
MOST_QUERIES = 15


@pytest.fixture(autouse=True)
def everywhere():
    with scope.all_companies():
        yield


@pytest.fixture
def company():
    return make_company(slug="acme")


@pytest.fixture
def admin(client, company):
    client.force_login(make_user(company, "company_admin"))
    return client


def text_of(answer):
    assert answer.status_code == 200
    text = re.sub(r"<[^>]+>", " ", answer.content.decode()).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", text)


def lines(**values):
    given = {"company": "acme", "what": "email_domain", "then": "blocked", "note": ""}
    return given | values


def test_rules_are_looked_at_and_then_added(admin, company):
    lead = make_lead(company, "a", email="x@spam.example", received_at=timezone.now())
    make_booking(lead, "completed", 2500)
    given = lines(values="@Spam.example\nother.example\n\nspam.example", note="Ours")
    text = text_of(admin.post(reverse(ADD), given | {"look": "1"}))
    assert "One of them meets these rules" in text
    assert "count before: 1, booked 1, completed 1, revenue €25.00" in text
    assert "count after: 0" in text
    assert not CaptureRule.objects.exists()
    answer = admin.post(reverse(ADD), given | {"save": "1"})
    assert answer.status_code == 302
    rules = CaptureRule.objects.order_by("value")
    assert [rule.value for rule in rules] == ["other.example", "spam.example"]
    assert rules[0].author is not None
    assert Lead.objects.get(pk=lead.pk).kind == "primary"  # new leads only
    log = " ".join(entry.object_repr for entry in LogEntry.objects.all())
    assert "spam" not in log  # a rule may name a person
    text = text_of(admin.get(reverse("admin:attribution_capturerule_change", args=[rules[1].pk])))
    assert "leads of the last 28 days that meet it" in text.lower()


@pytest.mark.parametrize(
    ("what", "value", "problem"),
    [
        ("email", "example.com", "no e-mail address"),
        ("email_domain", "@", "Write a domain"),
        ("name", "=…", "at least one letter"),
        ("phone", "12", "whole number"),
        ("ip", "203.0.113.0/33", "Write an address"),
        ("parameter", "=1", "Write a parameter"),
        ("country", "x" * 201, "longer than 200"),
    ],
)
def test_what_no_lead_could_meet_is_refused_by_line(admin, what, value, problem):
    text = text_of(admin.post(reverse(ADD), lines(what=what, values=value, save="1")))
    assert "Line 1" in text
    assert problem in text
    assert not CaptureRule.objects.exists()


def test_rules_that_are_there_are_not_added_again(admin, company):
    make_rule(company, "country", "de")
    text = text_of(admin.post(reverse(ADD), lines(what="country", values="DE", save="1")))
    assert "rules for these values already" in text
    admin.post(reverse(ADD), lines(what="country", values="DE\nAT", save="1"))
    assert CaptureRule.objects.count() == 2


def test_the_usual_rules_by_a_button(admin, company):
    admin.post(reverse(ADD), {"usual": "1", "company": "acme"})
    assert CaptureRule.objects.filter(company=company).count() == len(USUAL)
    make_company(slug="other")
    assert admin.post(reverse(ADD), {"usual": "1", "company": "other"}).status_code == 403


def test_trying_a_lead_stores_nothing(admin, company):
    rule = make_rule(company, "name", "=test", "test")
    text = text_of(admin.post(reverse(TRY), {"company": "acme", "name": "Test"}))
    assert f"Test Rule {rule.pk}: Name is or contains …" in text
    text = text_of(admin.post(reverse(TRY), {"company": "acme", "agent": "curl/8"}))
    assert "Bot Its user agent is a program’s" in text
    text = text_of(admin.post(reverse(TRY), {"company": "acme", "phone": "0000000"}))
    assert "it counts" in text
    assert "No telephone has such a number" in text
    assert "no IP address" in text_of(admin.post(reverse(TRY), {"company": "acme", "ip": "x"}))
    assert not Lead.objects.exists()


def test_rules_are_switched_and_applied_to_earlier_leads(admin, company):
    rule = make_rule(company, "country", "ch")
    leads = [make_lead(company, "a", country="CH") for _ in range(2)]
    chosen = {"_selected_action": [rule.pk]}
    admin.post(reverse(LIST), chosen | {"action": "switch_off"})
    assert not CaptureRule.objects.get().is_on
    text = text_of(admin.post(reverse(LIST), chosen | {"action": "apply_to_earlier"}))
    assert "2 leads change." in text
    assert not KindBatch.objects.exists()
    confirmed = chosen | {"action": "apply_to_earlier", "confirmed": "yes"}
    answer = admin.post(reverse(LIST), confirmed, follow=True)
    text = text_of(answer)
    assert "2 leads were changed." in text
    assert leads[0].external_id in text
    assert "Undo …" in text
    batch = KindBatch.objects.get()
    assert (batch.leads, batch.rule, batch.author is not None) == (2, rule, True)
    undo = reverse("admin:attribution_kindbatch_undo", args=[batch.pk])
    assert "2 leads change." in text_of(admin.get(undo))
    assert "2 leads are what they were before." in text_of(admin.post(undo, follow=True))
    assert "undone already" in text_of(admin.get(undo))
    assert set(Lead.objects.values_list("kind", flat=True)) == {"primary"}


def test_kinds_of_chosen_leads(admin, company):
    leads = [make_lead(company, "a") for _ in range(3)]
    chosen = {"_selected_action": [lead.pk for lead in leads[:2]], "action": "change_kind"}
    assert "2 leads are chosen" in text_of(admin.post(reverse(LEADS), chosen))
    empty = {"kinds": "1", "kind": "", "vpn": "", "suspicious": "", "hot": "", "reason": ""}
    text = text_of(admin.post(reverse(LEADS), chosen | empty | {"look": "1"}))
    assert "Choose a kind, or set or remove a mark." in text
    asked = chosen | empty | {"kind": "test", "hot": "yes", "reason": "Ours"}
    text = text_of(admin.post(reverse(LEADS), asked | {"look": "1"}))
    assert "2 leads change." in text
    assert not KindBatch.objects.exists()
    text = text_of(admin.post(reverse(LEADS), asked | {"make": "1"}, follow=True))
    assert "2 leads were changed." in text
    assert "Test, hot: set" in text
    assert [lead.kind for lead in Lead.objects.order_by("pk")] == ["test", "test", "primary"]


def test_a_kind_set_in_the_form_is_a_change_like_any_other(admin, company):
    lead = make_lead(company, "a", kind="bot", kind_reason="user_agent")
    page = reverse("admin:attribution_lead_change", args=[lead.pk])
    assert "Bot : Its user agent is a program’s" in text_of(admin.get(page))
    form = admin.get(page).context["adminform"].form
    values = {name: form[name].value() or "" for name in form.fields}
    inline = {"bookings-TOTAL_FORMS": "0", "bookings-INITIAL_FORMS": "0"}
    prefixes = re.findall(r'name="([\w-]+)-TOTAL_FORMS"', admin.get(page).content.decode())
    for prefix in prefixes:
        inline |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    values = {name: value for name, value in values.items() if value is not False}
    answer = admin.post(page, values | inline | {"kind": "primary", "is_hot": "on", "city": "Ulm"})
    assert answer.status_code == 302, answer.context["errors"]
    lead.refresh_from_db()
    assert (lead.kind, lead.kind_reason, lead.is_hot, lead.city) == (
        *("primary", "by_hand", True, "Ulm"),
    )
    text = text_of(admin.get(page))
    assert "from Bot (Its user agent is a program’s) to Primary, hot (Set by a person)" in text
    kinds.undo(KindBatch.objects.get(), None)
    lead.refresh_from_db()
    assert (lead.kind, lead.kind_reason, lead.city) == ("bot", "user_agent", "Ulm")


def test_a_lead_shows_whom_it_follows_and_who_follows_it(admin, company):
    rule = make_rule(company, "country", "ch", "vpn")
    first = make_lead(company, "a", person_email="p")
    lead = make_lead(
        company,
        "a",
        kind="follow_up",
        kind_reason="same_person",
        first_lead=first,
        person_email="p",
        is_vpn=True,
        mark_reasons={"vpn": f"rule:vpn:country:{rule.pk}"},
    )
    with CaptureQueriesContext(connection) as queries:
        text = text_of(admin.get(reverse("admin:attribution_lead_change", args=[lead.pk])))
    assert "An earlier lead of the same person" in text
    assert f"VPN : Rule {rule.pk}: Country is …" in text
    assert len(queries) <= MOST_QUERIES + 3  # of a lead's page before there were kinds: 14
    text = text_of(admin.get(reverse("admin:attribution_lead_change", args=[first.pk])))
    assert f"Later leads of the same person: {lead.external_id}" in text


@pytest.mark.parametrize(
    ("role", "sees", "adds"),
    [
        ("viewer", False, False),
        ("owner", False, False),
        ("utm_admin", True, False),
        ("company_admin", True, True),
    ],
)
def test_rights(client, company, role, sees, adds):
    client.force_login(make_user(company, role))
    rule = make_rule(company, "email", "anna@berg.de")
    lead = make_lead(company, "a")
    assert client.get(reverse(LIST)).status_code == (200 if sees else 403)
    assert client.get(reverse(TRY)).status_code == (200 if sees else 403)
    assert client.get(reverse(ADD)).status_code == (200 if adds else 403)
    chosen = {"_selected_action": [rule.pk], "action": "switch_off"}
    client.post(reverse(LIST), chosen)
    assert CaptureRule.objects.get().is_on is not adds
    with_kind = {"kinds": "1", "kind": "test", "make": "1", "action": "change_kind"}
    client.post(reverse(LEADS), with_kind | {"_selected_action": [lead.pk]})
    assert Lead.objects.get().kind == ("test" if adds else "primary")
    batch = kinds.make(company, [], None)
    undo = reverse("admin:attribution_kindbatch_undo", args=[batch.pk])
    answers = {"viewer": (403, 404), "owner": (403,), "utm_admin": (403,), "company_admin": (200,)}
    assert client.get(undo).status_code in answers[role]


def test_pages_ask_the_database_little(admin, company):
    for number in range(30):
        make_rule(company, "country", f"c{number}")
    for page in (reverse(LIST), reverse(ADD), reverse(TRY)):
        with CaptureQueriesContext(connection) as queries:
            answer = admin.get(page)
        assert len(queries) <= MOST_QUERIES
        assert len(answer.content) < 60_000
