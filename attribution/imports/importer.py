"""What every kind of file has in common: fields, a staging table, checks, a merge."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar

from attribution.files.cells import CellError, parse_amount, parse_choice, parse_instant, parse_text
from attribution.imports.columns import Field, Placement
from attribution.imports.options import ImportOptions
from attribution.imports.outcome import Outcome, RowError
from attribution.imports.staging import Staging
from attribution.models import Company

Parser = Callable[[str], Any]


@dataclass(frozen=True, kw_only=True)
class Job:
    """One file for one company. `author` None is the command line, which may do all."""

    company: Company
    author: Any
    options: ImportOptions
    placement: Placement
    outcome: Outcome
    stage: Staging
    run_id: int | None = None
    started: datetime


class Importer(ABC):
    """One kind of file. An instance serves one job."""

    kind: ClassVar[str]
    title: ClassVar[str]
    right: ClassVar[str]
    fields: ClassVar[tuple[Field, ...]]
    blank: ClassVar[Mapping[str, Any]] = {}  # what an empty cell of a field is, if not None
    staged_columns: ClassVar[Mapping[str, str]]  # after file_row; name → SQL type
    not_staged: Collection[str] = ()  # of these, what this very file says nothing about
    busy_tables: ClassVar[tuple[str, ...]]  # whose statistics a big file makes old

    def __init__(self, job: Job) -> None:
        self.job = job
        self.company = job.company
        self.placement = job.placement
        self.outcome = job.outcome
        self.stage = job.stage
        self.zone = job.company.zone

    @abstractmethod
    def parsers(self) -> dict[str, Parser]:
        """For each field, what turns a cell that is not empty into its value."""

    @abstractmethod
    def staged(self, line: int, values: list[Any], cells: list[str]) -> tuple[Any, ...]:
        """The row as it is staged, from the values in the order of `fields` (None = empty)."""

    @abstractmethod
    def check_staged(self) -> None:
        """Add the errors that only show when all rows are there."""

    @abstractmethod
    def compare(self) -> None:
        """Count new, changed and same; add changes, notes and totals. Writes nothing."""

    @abstractmethod
    def merge(self) -> None:
        """Save the staged rows, and count what was really new."""

    # Parsers that more than one kind of file needs.

    def instant(self, text: str) -> datetime:
        return parse_instant(text, self.zone, self.job.options.day_order)

    def minor(self, text: str) -> int:
        return parse_amount(text, self.company.currency, self.job.options.decimal_sign).minor

    def value(self, text: str) -> int:
        """What a booking is worth: never less than nothing."""
        minor = self.minor(text)
        if minor < 0:
            raise CellError("A value is never negative.", "Write 0 or more.")
        return minor

    def currency(self, text: str) -> str:
        code, own = text.strip().upper(), self.company.currency
        if code != own:
            raise CellError(
                f"{self.company.name} reports in {own}, and amounts are not converted.",
                f"Convert the amounts to {own}, or import them for a company that reports in "
                f"{code}.",
            )
        return code

    def error(self, line: int, field: str, value: str, problem: str, way_out: str) -> None:
        self.outcome.add_error(
            RowError(line, self.placement.header(field), value, problem, way_out)
        )


def text_parser(max_length: int) -> Parser:
    return partial(parse_text, max_length=max_length)


def choice_parser(choices: Mapping[str, str]) -> Parser:
    return lambda text: parse_choice(text, choices)


def now() -> datetime:
    return datetime.now(UTC)
