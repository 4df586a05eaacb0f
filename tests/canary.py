"""Two companies with rows of every kind; the second is full of texts that must never be seen."""

import io
import json
import zipfile
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pypdf
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.db import models
from django.http.response import HttpResponseBase

from attribution import scope
from attribution.campaign_texts import FACTS
from attribution.models import (
    ExchangeRate,
    ImportRun,
    Lead,
    Membership,
    NamingRules,
    Rule,
    ShortLinkDay,
)
from tests.canary_rows import (
    fill_budgets,
    fill_capture,
    fill_costs,
    fill_draft,
    fill_key,
    fill_kinds,
    fill_month,
    fill_plans,
    fill_read_key,
    fill_repair,
    fill_sending,
    fill_views,
)
from tests.factories import (
    make_booking,
    make_campaign,
    make_company,
    make_lead,
    make_link_host,
    make_short_link,
    make_spend,
    make_user,
)

OURS, THEIRS, MISSING = "ours", "theirs", "missing"
OWN, CANARY = "zq7own", "zq7canary"
# In these, the canary test itself asks for the other company; an echo of them is no leak.
HANDLES = ("zq7handle", "zq7token")
NEVER = 987_654_321
COMPANY_MODELS = ("attribution", "spend")
# Of reports; all else there is made from facts.
WRITTEN_BY_PERSONS = (
    *("savedview", "defaultview", "note", "target", "subscription", "alert", "delivery"),
    *("closedmonth", "closedcampaign", "closedleads", "closedspend"),
    *("restatement", "restatedfigure"),
)


def fill(word: str, handle: str) -> SimpleNamespace:
    """A company with a row in every table; every text in it holds the word."""
    company = make_company(name=f"{word}-company", slug=f"{handle}-slug", industry=f"{word}-trade")
    user = make_user(
        company,
        "company_admin",
        username=f"{word}-user",
        first_name=f"{word}-first",
        last_name=f"{word}-last",
        email=f"{word}@example.org",
    )
    says = {name: f"{word}-{name}" for name in (*FACTS, "tags")} | {"is_template": True}
    campaign = make_campaign(company, f"{word}-key", name=f"{word}-campaign", owner=user, **says)
    runs = {
        kind: ImportRun.objects.create(
            company=company,
            kind=kind,
            state=ImportRun.State.UPLOADED,
            token=f"{handle.replace('handle', 'token')}-{kind}",
            author=user,
            file_name=f"{word}-{kind}.csv",
            file_hash=f"{word}-hash",
            file_content=_file(kind, word),
            options={"mapping": {f"{word}-header": "id"}},
            report={"notes": [f"{word}-note"]},
        )
        for kind in ImportRun.Kind.values
    }
    lead = make_lead(
        company,
        f"{word}-key",
        external_id=f"{word}-lead",
        utm_source=f"{word}-source",
        utm_medium=f"{word}-medium",
        utm_content=f"{word}-content",
        utm_term=f"{word}-term",
        utm_id=f"{word}-id",
        click_ids={"gclid": f"{word}-click"},
        referrer=f"https://{word}.example.org/",
        landing_page=f"https://example.org/{word}",
        country=f"{word}-country",
        city=f"{word}-city",
        name=f"{word}-name",
        email=f"{word}-mail@example.org",
        phone=f"{word}-phone",
        received_at=datetime.now(UTC),
        import_run=runs["leads"],
    )
    booking = make_booking(lead, "completed", 4200, external_id=f"{word}-booking")
    today = lead.day
    spend = make_spend(company, f"{word}-key", 777, day=today, note=f"{word}-note", author=user)
    make_spend(company, f"{word}-unmatched", 333, day=today)
    by_id = {"source": f"{word}-platform", "platform_id": f"{word}-number"}
    make_spend(company, f"{word}-nowhere", 111, day=today, **by_id)
    make_lead(company, external_id=f"{word}-direct", received_at=datetime.now(UTC))
    membership = Membership.objects.get(company=company)
    naming = NamingRules.objects.create(
        company=company, sources=[f"{word}-allowed"], mediums=[f"{word}-medium"]
    )
    host = make_link_host(company, f"{word}.example.org")
    link = make_short_link(
        company,
        f"{word}-link",
        target=f"https://{word}.example.org/{word}",
        campaign=campaign,
        source=f"{word}-source",
        content=f"{word}-content",
        author=user,
    )
    link.medium = f"{word}-medium"
    link.save(author=user)
    ShortLinkDay.objects.create(company=company, link=link, day=today, clicks=4242)
    group, budget = fill_budgets(company, user, campaign, today, word)
    note, target = fill_plans(company, user, campaign, today, word)
    shared, kind = fill_costs(company, user, campaign, today, word)
    rate = ExchangeRate.objects.create(
        company=company, day=today, base="EUR", quote="SEK", rate="42.4242", author=user
    )
    repair = fill_repair(company, user, campaign, lead, word)
    draft = fill_draft(repair, lead, handle)
    refusal, waiting, hook, files = fill_capture(company, user, word)
    capture_rule, kind_batch = fill_kinds(company, user, lead, word)
    view = fill_views(company, user, word)
    subscription, alert = fill_sending(view, user, campaign, word)
    rows = {
        "company": company,
        "user": user,
        "membership": membership,
        "campaign": campaign,
        "lead": lead,
        "booking": booking,
        "rate": rate,
        "spend": spend,
        "group": group,
        "budget": budget,
        "note": note,
        "target": target,
        "cost": shared,
        "kindoffile": kind,
        "importrun": runs["leads"],
        "naming": naming,
        "linkhost": host,
        "shortlink": link,
        "ingestkey": fill_key(company, user, word),
        "readkey": fill_read_key(company, user, word),
        "refusal": refusal,
        "waitingbooking": waiting,
        "webhook": hook,
        "filemapping": files,
        "capturerule": capture_rule,
        "kindbatch": kind_batch,
        "savedview": view,
        "subscription": subscription,
        "alert": alert,
        "closedmonth": fill_month(company, user, campaign, today, word),
        "repair": repair,
        "rule": Rule.objects.get(company=company),
    }
    for row in rows.values():
        LogEntry.objects.create(
            user=user,
            content_type=ContentType.objects.get_for_model(row),
            object_id=str(row.pk),
            object_repr=f"{word}-log",
            action_flag=CHANGE,
            change_message=json.dumps([{"changed": {"fields": [f"{word}-field"]}}]),
        )
    ids = {name: row.pk for name, row in rows.items()} | {"draft": draft.token}
    return SimpleNamespace(**rows, ids=ids, runs=runs, word=word)


def _file(kind: str, word: str) -> bytes:
    if kind == ImportRun.Kind.RATES:
        return b"Date, USD, SEK, \n2026-03-02, 1.1, 11.5, \n"
    headers = {
        "leads": "id,received_at,name",
        "bookings": "id,lead,booked_at",
        "spend": "campaign,day,amount",
        "touches": "lead,at,utm_source",
        "campaigns": "utm_campaign,goal,tags",
    }[kind]
    row = {
        "leads": f"{word}-new,2026-03-01,{word}-person",
        "bookings": f"{word}-new,{word}-lead,2026-03-01",
        "spend": f"{word}-new,2026-03-01,1.00",
        "touches": f"{word}-lead,2026-03-01T10:00:00Z,{word}-source",
        "campaigns": f"{word}-new,{word}-goal,{word}-tag",
    }[kind]
    return f"{headers}\n{row}\n".encode()


def make_world() -> SimpleNamespace:
    """`ours`, whose users ask, and `theirs`, of which nothing may be seen or changed."""
    with scope.all_companies():
        ours, theirs = fill(OWN, "zq7ours"), fill(CANARY, "zq7handle")
        roles: dict[str, User] = {
            role: make_user(ours.company, role, username=f"asks-{role}")
            for role in Membership.Role.values
        }
        roles["nobody"] = make_user(username="asks-nobody")
        roles["not staff"] = make_user(ours.company, username="asks-outside", is_staff=False)
    return SimpleNamespace(ours=ours, theirs=theirs, users=roles)


def argument(world: SimpleNamespace, kind: str, whose: str) -> str:
    """The text of one argument of a route."""
    if kind.startswith("'"):
        return kind.strip("'")
    if kind == "lead type":
        return str(ContentType.objects.get_for_model(Lead).pk)
    if kind.endswith(" token"):
        token = kind.removesuffix(" token")
        return "never-was" if whose == MISSING else getattr(world, whose).runs[token].token
    return str(NEVER if whose == MISSING else getattr(world, whose).ids[kind])


def text_of(answer: HttpResponseBase) -> str:
    """All text of an answer, its headers and the inside of a workbook included."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"".join(book.read(name) for name in book.namelist())
    if content.startswith(b"%PDF"):
        pages = pypdf.PdfReader(io.BytesIO(content)).pages
        content = "".join(page.extract_text() for page in pages).encode()
    headers = "".join(f"{name}: {value}\n" for name, value in answer.items())
    return (headers + content.decode("utf-8", "replace")).casefold()


def leaks(answer: HttpResponseBase, asked: str) -> list[str]:
    """Words of the other company in an answer; a handle that was asked for may be repeated."""
    text = text_of(answer)
    return [one for one in (CANARY, *HANDLES) if one in text and one not in asked.casefold()]


def dump(world: SimpleNamespace) -> dict[str, str]:
    """Every row of the other company, as text; and every row that wrongly points at one."""
    company = world.theirs.company
    found: dict[str, str] = {}
    with scope.all_companies():
        for model in apps.get_models():
            options = model._meta
            by_persons = options.app_label == "reports" and options.model_name in WRITTEN_BY_PERSONS
            if not (by_persons or options.app_label in COMPANY_MODELS):
                continue
            field = "pk" if model._meta.model_name == "company" else "company"
            rows = model._base_manager.filter(**{field: company.pk}).order_by("pk")
            found |= {f"{row._meta.label} {row.pk}": _text(row) for row in rows}
            found |= {f"astray: {row._meta.label} {row.pk}": "" for row in astray(model)}
        users = User.objects.filter(pk=world.theirs.user.pk)
        found |= {f"auth.User {row.pk}": _text(row) for row in users}
    return found


def _text(row: models.Model) -> str:
    return serializers.serialize("json", [row])


def astray(model: type[models.Model]) -> list[Any]:
    """Rows that belong to one company and point at a row of another."""
    if not any(field.name == "company" for field in model._meta.fields):
        return []
    found: list[Any] = []
    for field in model._meta.fields:
        target = field.related_model
        if field.is_relation and target and hasattr(target, "company"):
            rows = model._base_manager.filter(**{f"{field.name}__isnull": False})
            found += rows.exclude(**{f"{field.name}__company": models.F("company")})
    return found
