"""Nobody sees or changes another company's rows: every route, every format, every role."""

import logging
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.urls import reverse

from attribution import readkeys, scope
from attribution.admin.base import ScopedAdmin
from attribution.models import Membership
from tests.canary import (
    CANARY,
    MISSING,
    OURS,
    OWN,
    THEIRS,
    argument,
    dump,
    leaks,
    make_world,
    text_of,
)
from tests.effort import EFFORT
from tests.routes import ROUTES, all_routes

# The first has all rights and the second the fewest that see anything: these two ask in every way,
# and the first tries every way to write. What others ask is what differs by role: the pages.
ROLES = ("company_admin", "viewer", "utm_admin", "owner", "not staff", "nobody")
ASK_EVERYTHING = ROLES if EFFORT > 1 else ROLES[:2]
TRY_EVERYTHING = ROLES if EFFORT > 1 else ROLES[:1]
TURNED_AWAY = ROLES[-2:]
# Without signing in.
OPEN = {
    *("api:leads", "api:bookings", "api:collect", "api:ingest-schema"),  # these want a key
    *("read:leads", "read:companies", "read:definitions", "read:campaigns", "read:campaign"),
    *("read:report", "read:series", "read:schema-json", "read:schema-yaml", "read:guide"),
    "website-tag",
    *("healthz", "short-link", "webhook", "admin:login", "admin:logout", "admin:jsi18n"),
}
PLAIN = "application/x-www-form-urlencoded"
FEW = 2  # the page itself, and with everything that names rows of the other company
LISTS = ("_changelist", "_export")  # these and the reports read what stands in the address
# The scope is the same on each engine, and each of these thousands of requests takes several times
# as long on PostgreSQL. Statements that are written by hand are held to it by their own tests.
pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]


@pytest.fixture(scope="module")
def world(module_rows):
    with module_rows():
        return make_world()


@pytest.fixture(autouse=True)
def light_requests(settings, monkeypatch):
    """There are some thousand, so sessions are in memory, nobody copies what each part of a page
    was made of, and only faults are logged."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *_, **__: None)
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def test_every_route_is_known():
    known = {key: whole for key, whole, __ in all_routes()}
    new = sorted(f"{key} ({whole})" for key, whole in known.items() if key not in ROUTES)
    assert not new, (
        f"New routes: {new}. Add each to tests/routes.py, with the kind of row that stands for "
        "each of its arguments, so that the canary test visits it."
    )
    assert not sorted(set(ROUTES) - set(known)), "These routes of tests/routes.py are gone."


def address(world, key, whole, whose):
    arguments = [argument(world, kind, whose) for kind in ROUTES[key]]
    if key == "admin/(?P<url>.*)$":
        return "/admin/nowhere/"
    if key in ("admin:login", "healthz") or "<path:object_id>/" not in key:
        return reverse(key, args=arguments)
    return "/" + whole.replace("<path:object_id>", arguments[0])


def names_a_row(key):
    return any(not kind.startswith("'") for kind in ROUTES[key])


def targets(world):
    """Key, address and whose row: each route with our id, theirs and one that never was."""
    for key, whole, __ in all_routes():
        for whose in (OURS, THEIRS, MISSING) if names_a_row(key) else (OURS,):
            yield key, address(world, key, whole, whose), whose


def queries(world, key):
    """What may be asked of a page without arguments: formats, filters, searches, choices."""
    if ROUTES[key] and key != "admin:app_list":
        return [{}]
    if key == "admin:autocomplete":
        return [{**field, "term": term} for field in choice_fields() for term in ("", CANARY[:6])]
    theirs, half = world.theirs, CANARY[:6]  # half a canary, so that an echo is no find
    if key == "reports:overview-pdf":  # the question is asked of its CSV; to print takes long
        return [{}, {"company": theirs.company.slug}, {"of": theirs.campaign.pk}]
    if not key.endswith(LISTS) and not key.startswith("reports:"):
        return [{}, {"company": theirs.company.slug, "campaign": theirs.campaign.pk}]
    return [
        {},
        {"company": theirs.company.slug, "campaign": theirs.campaign.pk, "format": "csv"},
        {"company": theirs.company.slug},
        {"q": half},
        {"q": half[:3], "search": half, "all": "", "o": "1.2.-3"},
        {"campaign": theirs.campaign.pk, "from": "2020-01-01", "to": "2030-01-01"},
        {"source": half, "medium": half, "channel": "other", "status": "active"},
        {"period": "364d", "group": "source", "compare": "previous"},
        {"_popup": "1", "_to_field": "id"},
    ]


def choice_fields():
    """Every foreign key of every model, as the autocomplete view is asked for it."""
    for model in apps.get_models():
        for field in model._meta.fields:
            if isinstance(field, models.ForeignKey):
                options = model._meta
                yield {
                    "app_label": options.app_label,
                    "model_name": options.model_name,
                    "field_name": field.name,
                }


def sign_in(client, world, role):
    if "_auth_user_id" not in client.session:
        client.force_login(world.users[role])


def stay_a_member(world, role):
    """Whoever may delete all members of a company deletes themselves with them, and would only be
    turned away from then on."""
    if role not in TURNED_AWAY:
        with scope.all_companies():
            mine = {"company": world.ours.company, "user": world.users[role]}
            Membership.objects.get_or_create(**mine, defaults={"role": role})


def turned_away(answer):
    return answer.get("Location", "").startswith(reverse("admin:login"))


@pytest.mark.parametrize("role", ROLES)
def test_nothing_of_another_company_is_ever_shown(client, world, role):
    found, asked, answers = [], 0, {}
    client.raise_request_exception = False
    for key, url, whose in targets(world):
        asks = queries(world, key)
        for query in asks if role in ASK_EVERYTHING else asks[:FEW]:
            sign_in(client, world, role)
            whole = f"{url}?{urlencode(query)}"
            answer = client.get(whole)
            asked += 1
            found += [(whole, word) for word in leaks(answer, whole)]
            if answer.status_code >= 500:
                found.append((whole, answer.status_code))
        where = answer.get("Location", "").replace(url, "…")
        answers[key, whose] = (answer.status_code, where)
    print(f"{role}: 0 of {asked} answers may hold a canary; {len(found)} do")
    assert found == []
    for key, whose in answers:
        if whose == THEIRS:
            assert answers[key, THEIRS] == answers[key, MISSING], key


def form_data(world):
    """A form that points at the other company wherever a form can point at something."""
    theirs = world.theirs
    return {
        **theirs.ids,
        "owner": theirs.user.pk,
        "username": "asks-viewer",
        "role": "company_admin",
        "key": "planted",
        "name": "planted",
        "external_id": "planted",
        "channel": "other",
        "status": "active",
        "kind": "primary",
        "line": "media",
        "day": "2026-03-02",
        "first_day": "2026-03-02",
        "last_day": "2026-03-02",
        "campaigns": [theirs.campaign.pk],
        "amount": "1.00",
        "received_at_0": "2026-03-02",
        "received_at_1": "12:00",
        "booked_at_0": "2026-03-02",
        "booked_at_1": "12:00",
        "thin_below": "1",
        "new_campaigns_per_day": "1",
        "timezone": "UTC",
        "currency": "EUR",
        "slug": "planted",
        "host": "planted.example.org",
        "target": "https://planted.example.org/",
        "source": "planted",
        "medium": "planted",
        "post": "yes",
        "confirmed": "yes",
        "format": "0",
        "token": theirs.runs["leads"].token,
        "booking_set-TOTAL_FORMS": "1",
        "booking_set-INITIAL_FORMS": "1",
        "booking_set-0-id": theirs.booking.pk,
        "booking_set-0-lead": theirs.lead.pk,
        "booking_set-0-status": "cancelled",
        "booking_set-0-external_id": "planted",
        "shares-TOTAL_FORMS": "1",
        "shares-INITIAL_FORMS": "0",
        "shares-0-called": theirs.campaign.key,
        "shares-0-weight": "1",
    }


def forms(world, key, role):
    """What is sent to a route: the form, and on a list each bulk action on their rows, and on all
    that it shows."""
    data = form_data(world)
    if not key.endswith("_changelist"):
        if key.endswith(("_process_import",)):
            return [data | {"token": run.token} for run in world.theirs.runs.values()]
        if key.endswith("_import"):
            file = SimpleUploadedFile("spend.csv", b"campaign,day,amount\nplanted,2026-03-01,1\n")
            return [data | {"file": file}]
        return [data]
    name = key.removeprefix("admin:").removesuffix("_changelist")
    model = apps.get_model(*name.split("_", 1))
    rows = [row.pk for row in vars(world.theirs).values() if isinstance(row, model)]
    actions = {name for __, name, __ in admin.site._registry[model]._get_base_actions()}
    return [
        data | {"action": action, "_selected_action": rows, "select_across": across}
        for action in sorted(actions)
        for across in (("0", "1") if role in TRY_EVERYTHING else ("0",))
    ]


@pytest.mark.parametrize("role", ROLES)
def test_nothing_of_another_company_is_ever_changed(client, world, role):
    before, found, asked, refused = dump(world), [], 0, 0
    client.raise_request_exception = False
    for key, url, whose in targets(world):
        for data in forms(world, key, role):
            sign_in(client, world, role)
            body = urlencode(data, doseq=True)
            # As browsers send a form: in parts, which take longer to read, only with a file.
            answer = client.post(url, data) if "file" in data else client.post(url, body, PLAIN)
            asked += 1
            found += [(url, word) for word in leaks(answer, url + body)]
            if answer.status_code >= 500:
                found.append((url, answer.status_code))
            refused += turned_away(answer)
        if "membership" in key:
            stay_a_member(world, role)
        if key.endswith("_changelist") and role not in TURNED_AWAY:  # what it says afterwards
            found += [(url, word) for word in leaks(client.get(url), url)]
        about_theirs = whose == THEIRS or not names_a_row(key)
        if not about_theirs or role not in TRY_EVERYTHING:
            continue  # as a form says
        body = urlencode(form_data(world), doseq=True)
        for method in (client.put, client.patch, client.delete):
            sign_in(client, world, role)
            answer = method(url, body, PLAIN)
            asked += 1
            found += [(url, word) for word in leaks(answer, url)]
            if answer.status_code >= 500:
                found.append((url, answer.status_code))
    after = dump(world)
    changed = sorted(one for one in before | after if before.get(one) != after.get(one))
    print(f"{role}: {asked} attempts to write; {len(changed)} rows of the other company changed")
    assert changed == []
    assert found == []
    assert refused == 0 or role in TURNED_AWAY


def test_without_signing_in_every_route_leads_to_the_sign_in_page(client, world):
    before = dump(world)
    for key, url, __ in targets(world):
        if key in OPEN:
            continue
        for answer in (client.get(url), client.post(url, form_data(world))):
            assert answer.status_code == 302, key
            assert answer["Location"].startswith(reverse("admin:login")), key
    assert dump(world) == before


def test_the_search_for_canaries_finds_what_is_there(client, world):
    """The control: one's own rows are seen, in pages, in CSV and inside a workbook."""
    client.force_login(world.users["company_admin"])
    lead_list = reverse("admin:attribution_lead_changelist")
    assert OWN in text_of(client.get(lead_list))
    assert OWN in text_of(client.get(reverse("reports:overview")))
    assert OWN in text_of(client.get(reverse("reports:overview-csv")))
    assert OWN in text_of(client.get(reverse("reports:overview-xlsx")))
    for form in ("0", "1"):
        export = client.post(reverse("admin:attribution_lead_export"), {"format": form})
        assert OWN in text_of(export)
    assert dump(SimpleNamespace(theirs=world.ours)) != dump(world)


@pytest.mark.parametrize("role", ["viewer", "company_admin"])
def test_a_read_key_reads_its_own_company_alone(client, world, role):
    with scope.all_companies():
        text = readkeys.make(world.ours.company, role, "reads")[1]
    before, found, own = dump(world), [], 0
    read = [key for key in ROUTES if key.startswith("read:")]
    for key, queried in ((key, query) for key in read for query in questions(world)):
        handles = [world.theirs.campaign.key] if key == "read:campaign" else []
        url = f"{reverse(key, args=handles)}?{urlencode(queried)}"
        answer = client.get(url, HTTP_AUTHORIZATION=f"Bearer {text}")
        found += [(url, word) for word in leaks(answer, url) if CANARY not in url]
        found += [(url, answer.status_code)] if answer.status_code >= 500 else []
        own += OWN in text_of(answer)
        if key == "read:campaign" or world.theirs.company.slug in url:
            assert answer.status_code in (200, 304, 400, 404), url
    assert found == []
    assert own >= 5
    assert dump(world) == before


def questions(world):
    theirs, half = world.theirs, CANARY[:6]
    return [
        {},
        {"company": theirs.company.slug},
        {"q": half},
        {"campaign": theirs.campaign.pk},
        {"period": "364d", "rows": "200"},
        {"from": "2020-01-01", "to": "2022-01-01", "source": half},
    ]


def test_a_superuser_sees_all_companies(client, world, admin_user):
    client.force_login(admin_user)
    text = text_of(client.get(reverse("admin:attribution_lead_changelist")))
    assert OWN in text
    assert CANARY in text


def test_a_planted_hole_is_found(client, world, monkeypatch):
    """Without the scope and the admin's own limit, the same search reports canaries."""
    client.force_login(world.users["viewer"])
    url = reverse("admin:attribution_lead_changelist")
    assert leaks(client.get(url), url) == []
    monkeypatch.setattr("attribution.scope.company_scope", lambda ids: scope.all_companies())
    monkeypatch.setattr(ScopedAdmin, "seen_by", lambda self, request, rows: rows)
    assert CANARY in leaks(client.get(url), url)
