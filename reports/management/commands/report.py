"""Prints the campaign report: the same numbers as the page."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from attribution import calendar, scope
from attribution.models import Company
from reports import formatting
from reports.answer import Report, Row
from reports.asked_campaigns import not_in_force
from reports.attributing.models import MODELS, model_named
from reports.attributing.words import model_words
from reports.basis import BASES
from reports.cautious import said as ranked_by
from reports.closing.covering import AS_CLOSED
from reports.dimensions import DIMENSIONS, MOST_LEVELS, OF_LEADS, SAID
from reports.metrics import METRICS, Values
from reports.of_campaigns import said_asked, tags_asked
from reports.periods import PERIODS, Days, resolve_period
from reports.query import EXCLUDED, ReportQuery
from reports.ranking import default_sort, parts_in_order
from reports.report import run_report
from reports.serialize import as_json
from reports.tables import default_columns

LABEL_WIDTH = 36


class Command(BaseCommand):
    """`report --company acme --from 2026-01-01 --to 2026-03-31 [--group-by source] [--json]`."""

    help = "Print the campaign report of one company, with its proof."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--company", required=True, metavar="SLUG")
        parser.add_argument("--from", dest="start", metavar="YYYY-MM-DD")
        parser.add_argument("--to", dest="end", metavar="YYYY-MM-DD")
        parser.add_argument("--period", choices=[name for name in PERIODS if name != "custom"])
        parser.add_argument(
            "--compare",
            default="none",
            metavar="previous|year|FROM..TO",
            help="with the period before, the same weekdays last year, or other days before it",
        )
        parser.add_argument(
            "--group-by",
            default="campaign",
            metavar="campaign|source,medium,campaign",
            help=f"one to {MOST_LEVELS} of {', '.join(DIMENSIONS)}",
        )
        parser.add_argument(
            "--basis",
            default="received",
            metavar="|".join(BASES),
            help="by which day of a lead it counts",
        )
        lists = ("campaign", "channel", "source", "medium", "status", "tag", "line")
        for name in (*lists, *SAID, *OF_LEADS):
            option = f"--{name.replace('_', '-')}"
            parser.add_argument(option, action="append", default=[])
        parser.add_argument(
            "--kinds",
            default="primary",
            metavar="primary,test",
            help=f"which leads count: primary, and any of {', '.join(EXCLUDED)}",
        )
        parser.add_argument(
            "--model",
            default="captured",
            help=f"which visit of a lead gets the credit: {', '.join(MODELS)}",
        )
        parser.add_argument(
            "--window",
            type=int,
            metavar="DAYS",
            help="days before a lead in which its visits get credit; else the company's own",
        )
        parser.add_argument(
            "--as",
            dest="known",
            choices=[AS_CLOSED, "today"],
            default="today",
            help="of closed months: the figures as they were closed, or as they are known today",
        )
        parser.add_argument("--search", default="")
        parser.add_argument("--landing", default="", help="how the landing page begins")
        parser.add_argument(
            "--sort", default="", help="a metric; descending: --sort=-leads; else as on the page"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        with scope.all_companies():
            company = Company.objects.filter(slug=options["company"]).first()
        if company is None:
            raise CommandError(
                f"There is no company “{options['company']}”. Make it with create_company."
            )
        with scope.company_scope([company.pk]):
            self.stdout.write(self._answer(company, options))

    def _answer(self, company: Company, options: dict[str, Any]) -> str:
        try:
            report = run_report(_query(company, options))
            sort = options["sort"] or default_sort(report.query.group_by)
            report.ranking(sort)
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        return as_json(report, sort) if options["json"] else text(report, sort)


def _query(company: Company, options: dict[str, Any]) -> ReportQuery:
    start, end = _day(options["start"]), _day(options["end"])
    if bool(start) != bool(end):
        raise ValueError("A custom period needs its first and its last day: --from and --to.")
    if start and options["period"]:
        raise ValueError("Give --period, or --from and --to, not both.")
    name = options["period"] or ("custom" if start else "91d")
    start, end = resolve_period(name, calendar.today(company.zone), start, end)
    compare, own_days = _comparison(options["compare"])
    if options["known"] != AS_CLOSED:
        for _key, problem in not_in_force(company, options["campaign"]):
            raise ValueError(problem)
    group_by, *then_by = (name.strip() for name in options["group_by"].split(","))
    return ReportQuery(
        company=company,
        start=start,
        end=end,
        group_by=group_by,
        then_by=tuple(then_by),
        basis=options["basis"],
        campaigns=tuple(options["campaign"]),
        channels=tuple(options["channel"]),
        sources=tuple(options["source"]),
        mediums=tuple(options["medium"]),
        statuses=tuple(options["status"]),
        tags=tags_asked(options["tag"]),
        said=said_asked(options),
        lines=tuple(options["line"]),
        contents=tuple(options["content"]),
        terms=tuple(options["term"]),
        countries=tuple(options["country"]),
        regions=tuple(options["region"]),
        cities=tuple(options["city"]),
        visit_channels=tuple(options["visit_channel"]),
        origins=tuple(options["origin"]),
        landing=options["landing"],
        also=_also(options["kinds"]),
        search=options["search"],
        model=model_named(options["model"]),
        window=options["window"],
        compare=compare,
        own_days=own_days,
        as_closed=options["known"] == AS_CLOSED,
    )


def _comparison(text: str) -> tuple[str, Days | None]:
    """A name of `COMPARISONS`, or two days with dots between them."""
    first, dots, last = text.partition("..")
    if not dots:
        return text, None
    start, end = _day(first), _day(last)
    if start is None or end is None:
        raise ValueError("Other days need both: --compare 2025-01-01..2025-03-31.")
    return "custom", Days(start, end)


def _also(text: str) -> tuple[str, ...]:
    """The kinds beside primary, which counts in every report."""
    kinds = [kind.strip() for kind in text.split(",")]
    if "primary" not in kinds:
        raise ValueError("Primary leads count in every report: write --kinds primary,test.")
    return tuple(dict.fromkeys(kind for kind in kinds if kind != "primary"))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"“{text}” is no day. Write 2026-03-31 for 31 March 2026.") from None


def text(report: Report, sort: str) -> str:
    """The report as a table for the terminal."""
    query, ranking = report.query, report.ranking(sort)
    columns = default_columns(report)
    labels = [str(METRICS[name].label) for name in columns]
    widths = [max(12, len(label)) for label in labels]

    def of(label: str, values: Values) -> str:
        cells = [
            formatting.metric(METRICS[name], values[name], query.company.currency)
            for name in columns
        ]
        return _line(label, cells, widths)

    def line(row: Row, sort: str = sort, depth: int = 0) -> str:
        below = row.sort_below(sort)
        parts = parts_in_order(row.children, below)
        inner = (line(child, below, depth + 1) for _group, child in parts)
        return "\n".join([of("  " * depth + row.label, row.values), *inner])

    lines = [
        f"{query.company.name}, {query.start} to {query.end}, by {BASES[query.basis]}",
        f"Compared with {query.compared.start} to {query.compared.end}" if query.compared else "",
        f"Attribution: {model_words(query)}",
        str(ranked_by(sort)),
        _line(" > ".join(str(DIMENSIONS[name]) for name in query.levels), labels, widths),
        *map(line, ranking.ranked),
        *map(line, ranking.unranked),
    ]
    expected = [
        f"     {row.label}: {METRICS[name].label} {formatting.rate(row.values[name])} {said}"
        for row in (*ranking, report.total)
        for name in row.expected
        if (said := row.note_of(name))
    ]
    if ranking.maturing:
        lines += ["-- Not ranked: too young for this rate", *map(line, ranking.maturing)]
    if ranking.thin:
        lines += [
            f"-- Not ranked: fewer than {report.thin_below} leads",
            *map(line, ranking.thin),
        ]
    lines.append(line(report.unattributed))
    lines += [f"     {reason.label}: {formatting.count(reason.leads)}" for reason in report.reasons]
    if report.has_spend:
        # Only what was spent: leads have nothing to do with it.
        unmatched = formatting.money(report.unmatched_spend.values["spend"], query.company.currency)
        cells = [unmatched if name == "spend" else "" for name in columns]
        lines.append(_line(report.unmatched_spend.label, cells, widths))
    lines.append(line(report.total))
    if report.total.previous is not None:
        lines.append(of("Total of the days compared with", report.total.previous))
    if expected:
        lines += ["-- Still rising", *expected]
    if report.excluded:
        kinds = ", ".join(
            f"{kind.label} {formatting.count(kind.leads)}" for kind in report.excluded
        )
        lines.append(f"Excluded: {kinds}")
    lines += [
        report.proof.lead_text,
        report.proof.spend_text,
        report.proof.unconverted_text,
        *report.all_notes,
    ]
    return "\n".join(line for line in lines if line)


def _line(label: str, cells: list[str], widths: list[int]) -> str:
    shown = label if len(label) <= LABEL_WIDTH else label[: LABEL_WIDTH - 1] + "…"
    padded = [f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)]
    return "  ".join([f"{shown:<{LABEL_WIDTH}}", *padded])
