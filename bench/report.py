"""Tables of the figures, and their place in docs/performance.md.

`python -m bench.report FILE` prints the figures that `bench.run --results FILE` kept.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.figures import Figures
from bench.goals import goals
from bench.ranges import RANGES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
SUMS = ("day", "month", "year", "spend_day", "spend_month", "spend_year")
ENGINES = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}


def main() -> int:
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args()
    results = json.loads(options.results.read_text())
    print(printed(results))
    if options.write:
        write(results)
    return 0


def write(results: dict[str, Any]) -> None:
    """Put the tables between their marks; the words around them stay."""
    begin, end = _marks(results)
    before, found, rest = PAGE.read_text().partition(begin)
    _old, closed, after = rest.partition(end)
    if not (found and closed):
        raise SystemExit(f"{PAGE.name} has no place for these figures: {begin} … {end}")
    PAGE.write_text(f"{before}{begin}\n\n{printed(results)}\n\n{end}{after}")


def _marks(results: dict[str, Any]) -> tuple[str, str]:
    name = f"companies={results['companies']}"
    return f"<!-- make bench, {name} -->", f"<!-- end, {name} -->"


def printed(results: dict[str, Any]) -> str:
    figures = Figures(results)
    parts = [
        _head(results),
        *_titled("Goals", _goals(results)),
        *_titled("Report SQL", _sums(figures)),
        *_titled("Beside DuckDB and Umami", _peers(figures)),
        *_titled("The report page", _pages(figures)),
        *_titled("Marks, refresh and rebuild", _refreshes(figures)),
        *_titled("What marks cost writers", _writes(figures)),
        *_titled("The databases", _sizes(figures)),
        *_titled("Imports by command", _imports(results)),
    ]
    return "\n\n".join(parts)


def _titled(title: str, rows: list[str]) -> Iterator[str]:
    if len(rows) > 2:  # more than its headings
        yield f"### {title}"
        yield "\n".join(rows)


def _table(*headings: str) -> list[str]:
    return [_row(headings), "|" + "---|" * len(headings)]


def _row(cells: Iterable[Any]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _ms(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"


def _head(results: dict[str, Any]) -> str:
    one, companies = results["machine"], results["companies"]
    servers = sorted({found["server"] for found in results["measured"]})
    largest = ", ".join(
        f"{found['company_leads']:,} of {found['leads']:,}"
        for found in results["measured"]
        if found["engine"] == "postgresql"
    )
    return (
        f"{one['day']}: {one['processor']}, {one['memory']}, {one['system']}; "
        f"{', '.join(servers)}, Python {one['python']}, {one['packages']}; load {one['load']} at "
        f"the beginning. Medians of {results['runs']} runs. Companies: {companies}; measured is "
        f"the one with most leads ({largest}). Mismatches with truth.csv: 0, in the facts, in the "
        "sums by day, in the totals of months and years and in the ledger."
    )


def _goals(results: dict[str, Any]) -> list[str]:
    rows = _table("goal", "bar", "measured", "")
    for goal in goals(results):
        sign, unit = ("≥" if goal.at_least else "≤"), f" {goal.unit}" if goal.unit else ""
        found = "–" if goal.found is None else _number(goal.found) + unit
        rows.append(_row((goal.text, f"{sign} {_number(goal.bar)}{unit}", found, goal.verdict)))
    return rows


def _databases(figures: Figures) -> Iterator[tuple[int, str, dict[str, Any]]]:
    for engine in ENGINES:
        for leads in figures.sizes(engine):
            yield leads, engine, figures.of(leads, engine)


def _sums(figures: Figures) -> list[str]:
    rows = _table(
        *("leads", "engine", "range", "queries", "rows", "SQL ms", "with 100 marks"),
        *("read into groups ms", "whole report ms"),
    )
    for leads, engine, found in _databases(figures):
        for name in RANGES:
            one, marked = found["sums"][name], found["marked_sums"][name]
            rows.append(
                _row(
                    (
                        *(f"{leads:,}", ENGINES[engine], name, one["statements"]),
                        *(f"{one['rows']:,}", _ms(one["sql"]["total"])),
                        *(_ms(marked["sql"]["total"]), _ms(one["reader"]["total"])),
                        _ms(one["report"]["total"]),
                    )
                )
            )
    return rows


def _peers(figures: Figures) -> list[str]:
    rows = _table(
        *("leads", "range", "report SQL ms", "DuckDB, 2 threads", "1 thread", "on the sums, 1"),
        *("ours / DuckDB", "Umami, one count", "Umami / ours"),
    )
    for leads in figures.sizes("postgresql"):
        for name in RANGES:
            ours, umami = figures.sql(leads, name), figures.umami(leads, name)
            duck = figures.duck(leads, name)
            rows.append(
                _row(
                    (
                        *(f"{leads:,}", name, _ms(ours), _ms(duck)),
                        _ms(figures.duck(leads, name, threads=1)),
                        _ms(figures.duck(leads, name, "rollup", threads=1)),
                        _number(figures.ratio(ours, duck)),
                        *(_ms(umami), _number(figures.ratio(umami, ours))),
                    )
                )
            )
    return rows


def _pages(figures: Figures) -> list[str]:
    rows = _table(
        *("leads", "engine", "range", "rows", "Python ms", "database ms", "sum"),
        *("with 100 marks", "queries", "KB"),
    )
    for leads, engine, found in _databases(figures):
        marked = {(page["range"], page["rows"]): page for page in found["marked_pages"]}
        for page in found["pages"]:
            other = marked.get((page["range"], page["rows"]))
            rows.append(
                _row(
                    (
                        *(f"{leads:,}", ENGINES[engine], page["range"], page["rows"]),
                        _ms(page["own"]),
                        _ms(page["database"]) if engine == "postgresql" else "in it",
                        *(_ms(page["total"]), _ms(other and other["total"])),
                        *(page["queries"], f"{page['kb']:.0f}"),
                    )
                )
            )
    return rows


def _refreshes(figures: Figures) -> list[str]:
    rows = _table(
        *("leads", "engine", "refresh of 100 marks ms (buckets)"),
        *("of 1,000 marks ms (buckets)", "full rebuild s"),
    )
    for leads, engine, found in _databases(figures):
        refreshes = [f"{_ms(one['total'])} ({one['buckets']})" for one in found["refresh"]]
        seconds = f"{found['rebuild']['total'] / 1000:.1f}"
        rows.append(_row((f"{leads:,}", ENGINES[engine], *refreshes, seconds)))
    return rows


def _writes(figures: Figures) -> list[str]:
    rows = _table(
        *("leads", "COPY, rows per CPU s: marks / none", "ratio"),
        *("INSERT, CPU µs: marks / none", "ratio", "16 writers, tps: marks / none", "ratio"),
    )
    for leads in figures.sizes("postgresql"):
        found = figures.of(leads).get("writes", {})
        cells: list[str] = []
        for name in ("copy", "insert", "writers"):
            one = found[name]
            cells += [f"{one['marked']:,.0f} / {one['bare']:,.0f}", _number(one["ratio"])]
        rows.append(_row((f"{leads:,}", *cells)))
    return rows


def _sizes(figures: Figures) -> list[str]:
    rows = _table(
        *("leads", "engine", "loaded leads/s", "bookings/s", "spend/s", "rows by day"),
        *("months", "years", "spend by day", "months", "years", "leads MB", "sums MB"),
    )
    for leads, engine, found in _databases(figures):
        loaded, sizes = found["loaded"], found["sizes"]
        tables = (f"rollup_{name}" for name in SUMS)
        megabytes = [
            f"{sizes[name]:,.0f}" if name in sizes else "–" for name in ("lead_mb", "rollup_mb")
        ]
        rows.append(
            _row(
                (
                    *(f"{leads:,}", ENGINES[engine]),
                    *(f"{loaded[name]:,.0f}" for name in ("leads", "bookings", "spend")),
                    *(f"{sizes[name]:,}" for name in tables),
                    *megabytes,
                )
            )
        )
    return rows


def _imports(results: dict[str, Any]) -> list[str]:
    rows = _table("leads", "engine", "command", "rows", "rows/s (wall)", "Python s", "memory MB")
    found: Sequence[dict[str, Any]] = results["imports"]
    for one in found:
        rows.append(
            _row(
                (
                    *(f"{one['leads']:,}", ENGINES[one["engine"]], one["command"]),
                    *(f"{one['rows']:,}", f"{one['rate']:,.0f}"),
                    *(f"{one['own']:.1f}", f"{one['memory']:.0f}"),
                )
            )
        )
    return rows


if __name__ == "__main__":
    sys.exit(main())
