"""What the figures are measured by, and whether they meet it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bench.figures import Figures
from bench.ranges import RANGES

SMALL, MIDDLE, LARGE = 100_000, 1_000_000, 10_000_000


@dataclass(frozen=True, slots=True)
class Goal:
    """One bar: the most (or with `at_least` the least) that a figure may be."""

    text: str
    bar: float
    found: float | None  # None: not measured in this run
    unit: str = "×"
    at_least: bool = False

    @property
    def verdict(self) -> str:
        if self.found is None:
            return "not in this run"
        met = self.found >= self.bar if self.at_least else self.found <= self.bar
        return "met" if met else "**missed**"


def goals(results: dict[str, Any]) -> list[Goal]:
    """Every goal, in the order in which they are shown."""
    figures = Figures(results)
    return [
        *_limits(figures),
        *_growth(figures),
        *_marks(figures),
        *_pages(figures),
        *_rest(figures),
    ]


def _limits(figures: Figures) -> Iterator[Goal]:
    """Beside the practical limit and the peer."""
    for leads, bar in ((LARGE, 0.2), (MIDDLE, 1.0)):
        yield Goal(
            f"report SQL, 24 months, over DuckDB's 2 threads, {leads:,} leads",
            bar,
            figures.ratio(figures.sql(leads, "24 months"), figures.duck(leads, "24 months")),
        )
    for name in ("30 days", "24 months"):
        yield Goal(
            f"report SQL, {name}, over DuckDB on the sums by day, {LARGE:,} leads",
            2.5,
            figures.ratio(figures.sql(LARGE, name), figures.duck(LARGE, name, "rollup", threads=1)),
        )
    for name, bar in (("30 days", 30), ("24 months", 150)):
        yield Goal(
            f"Umami's one count over report SQL, {name}, {LARGE:,} leads",
            bar,
            figures.ratio(figures.umami(LARGE, name), figures.sql(LARGE, name)),
            at_least=True,
        )


def _growth(figures: Figures) -> Iterator[Goal]:
    for name in RANGES:
        yield Goal(
            f"report SQL, {name}, {LARGE:,} over {SMALL:,} leads",
            1.3,
            figures.ratio(figures.sql(LARGE, name), figures.sql(SMALL, name)),
        )


def _marks(figures: Figures) -> Iterator[Goal]:
    for leads, bar in ((MIDDLE, 1.3), (LARGE, 3.5)):
        marked = figures.sql(leads, "24 months", "marked_sums")
        yield Goal(
            f"report SQL, 24 months, with 100 marks over without, {leads:,} leads",
            bar,
            figures.ratio(marked, figures.sql(leads, "24 months")),
        )
    for name in RANGES:
        marked, clean = figures.sql(LARGE, name, "marked_sums"), figures.sql(LARGE, name)
        more = None if marked is None or clean is None else marked - clean
        yield Goal(f"report SQL, {name}, 100 marks add, {LARGE:,} leads", 25, more, "ms")
    for name, text, bar, at_least in (
        ("copy", "COPY of leads with marks over without", 0.75, True),
        ("insert", "CPU of a single INSERT with marks over without", 1.4, False),
        ("writers", "16 writers, 5 ms in the transaction, with marks over without", 0.95, True),
    ):
        for leads in figures.sizes("postgresql"):
            found = figures.write(leads, name)
            yield Goal(f"{text}, {leads:,} leads", bar, found, at_least=at_least)


def _pages(figures: Figures) -> Iterator[Goal]:
    for name in ("30 days", "24 months"):
        page = figures.page(LARGE, name, 25)
        spent = None if page is None else page["total"]
        yield Goal(
            f"page of 25 rows with cards and chart, {name}, {LARGE:,} leads", 40, spent, "ms"
        )
    pages = figures.pages()
    most = max((page["queries"] for page in pages), default=None)
    yield Goal("queries of a page, at most", 10, most, "")
    by_range: dict[Any, set[int]] = {}
    for page in pages:
        by_range.setdefault((page["leads"], page["engine"], page["range"]), set()).add(
            page["queries"]
        )
    apart = max((max(found) - min(found) for found in by_range.values()), default=None)
    yield Goal("more queries for 100 rows than for 25", 0, apart, "")


def _rest(figures: Figures) -> Iterator[Goal]:
    yield Goal(
        f"SQLite, report SQL, 24 months, {MIDDLE:,} leads",
        15,
        figures.sql(MIDDLE, "24 months", engine="sqlite"),
        "ms",
    )
    for leads, bar in ((MIDDLE, 1.5), (LARGE, 10)):
        spent = figures.rebuild(leads)
        seconds = None if spent is None else spent / 1000
        yield Goal(f"full rebuild of the sums, {leads:,} leads", bar, seconds, "s")
