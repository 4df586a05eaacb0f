"""Everything that happened to one campaign: one query over all that is kept of it.

Repairs and changes of its fields, imports and restatements of its spend, budgets and targets, and
what persons wrote. Notes about the whole company come along when they touch the period: the chart
marks them.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.contrib.admin.models import LogEntry
from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    DateField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce

from attribution.models import Campaign, ImportRun, Repair
from attribution.repair.history import changes_of, repairs_about
from reports.notes.keeping import of_campaign
from reports.notes.models import Note
from reports.targets.models import Target
from spend.models import Budget, SpendEntry, SpendRevision

MOST = 500  # that are read, the latest


class Event(NamedTuple):
    """One thing that happened. What does not belong to its kind is empty or None."""

    kind: str
    at: datetime
    about: int  # number of the note, repair, import, budget or target
    who: str
    text: str
    more: str  # why, what a log entry says, where a change led from, the metric of a target
    new: str
    campaign: int | None  # of a change, or of a note: None is the whole company
    named: str  # that campaign
    number: int | None  # how many rows it was about; of a plan, how much
    writer: int | None  # of a note
    first: date | None
    last: date | None


TEXT, NUMBER, DAY = TextField(), BigIntegerField(), DateField()
# Each with its kind: one engine refuses to put a number below an empty column of no kind.
EMPTY: dict[str, Any] = {
    "who": Value("", TEXT),
    "text": Value("", TEXT),
    "more": Value("", TEXT),
    "new_text": Value("", TEXT),
    "of_campaign": Cast(Value(None), NUMBER),
    "named": Value("", TEXT),
    "number": Cast(Value(None), NUMBER),
    "writer": Cast(Value(None), NUMBER),
    "first": Cast(Value(None), DAY),
    "last": Cast(Value(None), DAY),
}


def read(campaign: Campaign, start: date, end: date) -> list[Event]:
    """The latest first. One query."""
    parts = [
        _notes(campaign, start, end),
        *_repairs(campaign),
        _imports(campaign),
        _restatements(campaign),
        *_plans(campaign, Budget),
        *_plans(campaign, Target),
        _added(campaign),
    ]
    first, *others = parts
    rows = first.union(*others, all=True).order_by("-e_at", "e_kind", "-e_about", "e_text")
    return [Event(*row) for row in rows[:MOST]]


def _part(rows: "QuerySet[Any]", kind: str, at: str, about: str = "pk", **has: Any) -> Any:
    """These rows as events; what they do not have is empty."""
    columns = {
        "kind": Value(kind, TEXT),
        "at": F(at),
        "about": Cast(about, NUMBER),
        **{name: has.get(name, empty) for name, empty in EMPTY.items()},
    }
    names = {name: f"e_{name}" for name in columns}
    shown = rows.order_by().annotate(**{names[name]: one for name, one in columns.items()})
    return shown.values_list(*names.values())


def _text(column: str) -> Coalesce:
    return Coalesce(Cast(column, TEXT), Value("", TEXT))


def _notes(campaign: Campaign, start: date, end: date) -> Any:
    rows = Note.objects.filter(company=campaign.company_id).alias(
        until=Coalesce("last_day", "first_day")
    )
    general = Q(campaign=None, first_day__lte=end, until__gte=start)
    return _part(
        rows.filter(of_campaign(campaign) | general),
        "note",
        "created_at",
        who=_text("author__username"),
        text=_text("text"),
        of_campaign=Cast("campaign", NUMBER),
        named=_text("campaign__name"),
        writer=Cast("author", NUMBER),
        first=F("first_day"),
        last=F("last_day"),
    )


def _repairs(campaign: Campaign) -> list[Any]:
    """What was changed of it, and repairs that led leads to it or away; and what was undone."""
    changes = changes_of(campaign)
    repairs: QuerySet[Repair] = repairs_about(campaign)
    quiet = repairs.filter(~Exists(changes.filter(repair=OuterRef("pk"))))
    return [
        _part(
            changes.exclude(old=F("new")),
            "change",
            "repair__made_at",
            "repair",
            who=_text("repair__author__username"),
            text=_text("field"),
            more=_text("old"),
            new_text=_text("new"),
            of_campaign=Cast("campaign", NUMBER),
            named=_text("campaign__name"),
        ),
        _part(
            quiet,
            "repair",
            "made_at",
            who=_text("author__username"),
            text=_text("title"),
            more=_text("reason"),
        ),
        _part(
            repairs.filter(undone_at__isnull=False),
            "undone",
            "undone_at",
            who=_text("undone_by__username"),
            text=_text("title"),
            more=_text("undone_reason"),
        ),
    ]


def _imports(campaign: Campaign) -> Any:
    """Files of spend of which an entry of the campaign is."""
    entries = SpendEntry.objects.filter(company=campaign.company_id, campaign=campaign)
    runs = ImportRun.objects.filter(
        company=campaign.company_id, pk__in=entries.order_by().values("import_run")
    )
    return _part(
        runs.filter(finished_at__isnull=False),
        "import",
        "finished_at",
        who=_text("author__username"),
        text=_text("file_name"),
    )


def _restatements(campaign: Campaign) -> Any:
    """Spend of days that were over, changed at one moment by one person."""
    rows = SpendRevision.objects.filter(
        company=campaign.company_id, campaign_id=campaign.pk, is_restatement=True
    )
    together = rows.order_by().values("changed_at", "how", "author__username")
    columns: dict[str, Any] = EMPTY | {
        "who": _text("author__username"),
        "text": _text("how"),
        "number": Cast(Count("pk"), NUMBER),
    }
    named = {f"e_{name}": one for name, one in columns.items()}
    shown = together.annotate(
        e_kind=Value("restated", TEXT), e_at=F("changed_at"), e_about=Value(0, NUMBER), **named
    )
    return shown.values_list("e_kind", "e_at", "e_about", *named)


def _plans(campaign: Campaign, model: type[Budget] | type[Target]) -> list[Any]:
    """What was done to its budgets, or targets; of those that no form made, when they were last
    changed.
    """
    kind = str(model._meta.model_name)
    rows: QuerySet[Any] = model._default_manager.filter(
        company=campaign.company_id, campaign=campaign
    )
    log = LogEntry.objects.filter(
        content_type__app_label=model._meta.app_label, content_type__model=kind
    )
    numbers = rows.annotate(as_text=Cast("pk", CharField())).values("as_text")
    unlogged = rows.filter(~Exists(log.filter(object_id=Cast(OuterRef("pk"), CharField()))))
    return [
        _part(
            log.filter(object_id__in=numbers),
            f"{kind}-log",
            "action_time",
            "action_flag",
            who=_text("user__username"),
            text=_text("object_repr"),
            more=_text("change_message"),
        ),
        _part(
            unlogged,
            kind,
            "updated_at",
            who=_text("author__username"),
            text=_text("note"),
            more=_text("metric") if model is Target else EMPTY["more"],
            number=Cast("value" if model is Target else "amount_minor", NUMBER),
            first=F("first_day"),
            last=F("last_day"),
        ),
    ]


def _added(campaign: Campaign) -> Any:
    return _part(Campaign.objects.filter(pk=campaign.pk), "added", "created_at")


def chart_notes(events: Iterable[Event], start: date, end: date) -> list[Event]:
    """The notes that have a day in the period, by their days."""
    found = [
        (one.first, one.about, one)
        for one in events
        if one.kind == "note"
        and one.first is not None
        and one.first <= end
        and (one.last or one.first) >= start
    ]
    return [one for _day, _about, one in sorted(found, key=lambda one: one[:2])]


def happened(events: Iterable[Event]) -> list[Event]:
    """What happened to the campaign itself."""
    return [one for one in events if one.kind != "note" or one.campaign is not None]
