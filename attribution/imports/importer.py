"""What every kind of file has in common: fields, a staging table, checks, a merge."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from attribution.files.cells import (
    CellError,
    parse_amount,
    parse_choice,
    parse_id,
    parse_instant,
    parse_text,
)
from attribution.files.table import Table
from attribution.imports import mapping
from attribution.imports.columns import Field, Placement, place
from attribution.imports.options import ImportOptions
from attribution.imports.outcome import Outcome, Question, RowError
from attribution.imports.parts import Columns, Part
from attribution.imports.staging import Staging
from attribution.models import Company

if TYPE_CHECKING:
    from attribution.imports.rows import Plan

Parser = Callable[[str], Any]


class NotStraight(Exception):  # noqa: N818 - reads as what is the matter
    """The file's rows cannot be saved as they are read: they have to be staged and compared."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One file for one company. `author` None is the command line, which may do all."""

    company: Company
    author: Any
    options: ImportOptions
    placement: Placement
    outcome: Outcome
    stage: Staging
    layout: Any = None  # as understood
    run_id: int | None = None
    started: datetime


class Understood(NamedTuple):
    """What a file says, before a row of it is read."""

    table: Table
    placement: Placement
    options: ImportOptions  # with what the file itself has shown
    questions: tuple[Question, ...] = ()
    layout: Any = None  # of the kinds of file that know more than headings
    program: str = ""  # that wrote it, where that is recognised


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

    names_files: ClassVar[bool] = False  # files with the same headings can be given a name
    # Whether numbers in XLSX come as `Pointed`, which texts then have to make plain again.
    has_amounts: ClassVar[bool] = False

    @classmethod
    def understand(cls, table: Table, company: Company, options: ImportOptions) -> Understood:
        """What the headings mean, and what they leave open. Raises FileProblem."""
        saved = mapping.find(company, cls.kind, table.headers) if cls.names_files else None
        if saved is not None:
            options = mapping.merged(saved, options)
        if options.currency:
            constants = {"currency": options.currency, **options.constants}
            options = replace(options, constants=constants)
        placement = place(table.headers, cls.fields, options)
        return Understood(table, placement, options, program=saved.name if saved else "")

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

    def passes(self, line: int, cells: list[str]) -> bool:
        """Whether the row is one of those that the file is about; totals and notes are not."""
        return True

    def suspects(self, columns: Columns) -> Iterable[int]:
        """Which of many rows, given by their columns, may not pass; all others do."""
        return range(len(columns[0]))

    @classmethod
    def new_stage(cls) -> Staging:
        """Where the rows go as they are read."""
        return Staging(cls.staged_columns)

    def parts(self, plan: "Plan") -> list[Part] | None:
        """How rows are read by the thousand; None: each has to be looked at by itself."""
        return None

    def marked(self, rows: int) -> None:  # noqa: B027 - most kinds mark none
        """So many of the rows that were read by the thousand are marked."""

    def must_fill(self, field: Field) -> bool:
        """Whether each row of the file needs a value of this field."""
        return field.filled

    def cleaned(self, field: str) -> Callable[[str], str] | None:
        """What takes the writing program's marks off a cell; None: there are none."""
        return None

    @abstractmethod
    def staged(self, line: int, values: list[Any], cells: list[str]) -> tuple[Any, ...] | None:
        """The row as it is staged, from the values in the order of `fields` (None = empty).

        None: it has an error that only shows in the row as a whole.
        """

    def heard(self) -> Mapping[str, Any]:
        """Options by which the file has to be read anew, as its own rows have said."""
        return {}

    @abstractmethod
    def check_staged(self) -> None:
        """Add the errors that only show when all rows are there."""

    @abstractmethod
    def compare(self) -> None:
        """Count new, changed and same; add changes, notes and totals. Writes nothing."""

    @abstractmethod
    def merge(self) -> None:
        """Save the staged rows, and count what was really new."""

    def remember(self) -> None:
        """If it was given a name: files with these headings are read as this one from now on."""
        if self.names_files and self.job.options.save_as:
            mapping.keep(self.company, self.kind, self.job.options, self.job.author, self.outcome)

    def drop(self) -> None:
        """Leave no temporary table behind."""
        self.stage.drop()

    # Parsers that more than one kind of file needs.

    def instant(self, text: str) -> datetime:
        return parse_instant(text, self.zone, self.job.options.order)

    def minor(self, text: str) -> int:
        return parse_amount(text, self.company.currency, self.job.options.sign).minor

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


def id_parser(max_length: int) -> Parser:
    return partial(parse_id, max_length=max_length)


def choice_parser(choices: Mapping[str, str]) -> Parser:
    return lambda text: parse_choice(text, choices)


def now() -> datetime:
    return datetime.now(UTC)
