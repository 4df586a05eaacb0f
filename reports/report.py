"""Runs a query: from the sums that are kept when they can answer, else from the facts."""

import logging
from collections.abc import Callable
from dataclasses import replace

from django.utils.translation import gettext as _

from reports.answer import Report
from reports.attributing.reader import ModelReader
from reports.attributing.words import model_note
from reports.builder import Builder
from reports.closing.in_period import in_period
from reports.closing.reader import ClosedReader
from reports.facts import FactReader
from reports.inner import Shown, as_shown
from reports.maturity.young import add_expected
from reports.query import ReportQuery
from reports.rollup.books import CLOSED, SumsUnusable
from reports.rollup.reader import RollupReader, SumsDisagree
from reports.snapshot import snapshot
from reports.sources import Reader

logger = logging.getLogger(__name__)

Through = Callable[[Reader], Reader]


def _as_it_is(reader: Reader) -> Reader:
    return reader


def run_report(
    query: ReportQuery, through: Through = _as_it_is, shown: Shown | None = None
) -> Report:
    """Answer the query as of one moment. A proof that does not hold is logged as an error.

    `through` may put a reader of its own before whichever is used: what would be, after a repair.
    `shown` says what it will be asked about what rows are split into; without it, all.
    """
    with snapshot():
        report = _answer(query, through, shown)
        if query.facets and CLOSED in report.reader.caveat_kinds:
            report = replace(report, closed=in_period(query))
        add_expected(report)
    if not report.proof.holds:
        logger.error(
            "The report does not add up: company %s, %s to %s, %s",
            query.company.pk,
            query.start,
            query.end,
            report.proof,
        )
    return report


def _answer(query: ReportQuery, through: Through, shown: Shown | None) -> Report:
    """From the sums when they can answer and agree with the ledger, else from the facts; what is
    asked as closed, from the figures of closed months.
    """
    if query.as_closed:
        return Builder(query, through(ClosedReader(query))).build()
    if query.attribution.reads_touches:
        of_visits = ModelReader(query, model_note(query))
        return Builder(query, through(of_visits)).build()
    if query.reads_facts:
        return Builder(query, through(FactReader(query, _facts_note(query)))).build()
    try:
        reader = RollupReader(query)
        if shown and through is _as_it_is:
            return as_shown(query, reader, shown)
        return Builder(query, through(reader)).build()
    except SumsUnusable:  # a build is due, or the last check has logged what is wrong
        return Builder(query, through(FactReader(query))).build()
    except SumsDisagree as found:
        logger.error(
            "The kept sums of company %s disagree from %s to %s, so the facts are read: %s",
            query.company.pk,
            query.start,
            query.end,
            found,
        )
        return Builder(query, through(FactReader(query))).build()


def _facts_note(query: ReportQuery) -> str:
    """What is said when the sums do not know what is asked."""
    if not query.needs_facts:
        return _(
            "What became of leads of other kinds is not among the sums that are kept: this is "
            "counted lead by lead, and takes longer the more leads there are."
        )
    if query.basis != "received":
        return _(
            "The sums that are kept go by the day leads were received: this is counted lead by "
            "lead, and takes longer the more leads there are."
        )
    return _(
        "Country, landing page, where visits came from and the like are not among the sums that "
        "are kept: this is counted lead by lead, and takes longer the more leads there are."
    )
