"""Measures the repair queue, and a repair of 100,000 leads: preview, confirmation and undo.

    python -m bench.repairs                     1,000,000 leads and 5,000 groups, PostgreSQL, SQLite
    python -m bench.repairs --leads 100000 --engine sqlite

After the undo the report is compared with the one before, byte by byte.
"""

import argparse
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import django

from bench.clock import cost, one_process

MOVED = 78_000  # counted leads; with test leads, bots and others about 100,000
MOST_CHOSEN = 100
RUNS = 7
QUEUE = "/admin/reports/repair/"


def main() -> int:
    assert __doc__ is not None
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--campaigns", type=int, default=5_000, help="as many groups")
    parser.add_argument(
        "--engine", nargs="+", choices=["postgresql", "sqlite"], default=["postgresql", "sqlite"]
    )
    parser.add_argument("--keep", type=Path, help="a folder for data and databases, used again")
    options = parser.parse_args()
    if options.folder is None:
        with ExitStack() as stack:
            if options.keep is None:
                folder = stack.enter_context(TemporaryDirectory(prefix="bench-"))
                options.keep = Path(folder)
            found = [_of_engine(engine, options) for engine in options.engine]
        print(printed(options.leads, found))
        return 0
    django.setup()
    options.out.write_text(json.dumps(measured(options.folder, options.runs)))
    return 0


def _of_engine(engine: str, options: argparse.Namespace) -> dict[str, Any]:
    """The figures of one database, which a process of its own fills and measures."""
    from bench import run
    from bench.generator.__main__ import main as generate
    from bench.server import running_server

    name = f"repairs_{options.leads}_{options.campaigns}"
    folder = options.keep / name
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "truth.csv").exists():
        size = ["--leads", str(options.leads), "--campaigns", str(options.campaigns)]
        with ProcessPoolExecutor(max_workers=1) as pool:
            pool.submit(generate, [*size, "--companies", "1", "--out", str(folder)]).result()
    with running_server(options.keep) as server:
        anew = not (folder / f"loaded-{engine}.json").exists()
        with run.database(engine, name, folder, server, anew=anew, keep=True) as environment:
            found = run.child("bench.repairs", folder, options.runs, environment)
    return {"engine": engine} | found


def measured(folder: Path, runs: int) -> dict[str, Any]:
    """The figures of one database."""
    from attribution import scope
    from attribution.models import Company, Lead, Reading
    from bench.load import tidy_up
    from bench.measure import filled, said
    from bench.page import client
    from reports.repair.size import size

    with scope.all_companies():
        one_process()
        from django.db import connection

        filled(folder, connection.vendor)
        company = Company.objects.get()
        browser = client()
        found: dict[str, Any] = {"groups": size(company).groups}

        def queue() -> None:
            response = browser.get(QUEUE, {"company": company.slug})
            assert response.status_code == 200, response.status_code

        tidy_up(Lead, Reading)  # as autovacuum leaves them some time after a repair
        found["queue_first"] = cost(queue, 1).total
        found["queue"] = said("queue", cost, queue, runs).total
        return found | _repair(company, browser)


def _repair(company: Any, browser: Any) -> dict[str, Any]:
    """A repair of the largest groups, as a person makes it; milliseconds of wall time."""
    from attribution.repair import apply, drafts
    from attribution.repair.groups import groups
    from attribution.repair.intents import Action, GroupChoice, RepairGroups, Undo
    from attribution.repair.plan import plan

    before = _report(company)
    waiting = [one for one in groups(company) if one.key.why == "discovered"]
    waiting.sort(key=lambda group: -group.leads)
    target = waiting[-1].campaign
    chosen, leads = [], 0
    for group in waiting[:-1]:
        if leads + group.leads > MOVED or len(chosen) == MOST_CHOSEN:
            continue
        leads += group.leads
        choice = GroupChoice(
            group=group.key, action=Action.ASSIGN, campaign=target.id, future=False
        )
        chosen.append(choice)
    found: dict[str, Any] = {"chosen": len(chosen)}
    draft = drafts.make(company, RepairGroups(tuple(chosen)), _user(browser), "measured")

    def preview() -> None:
        response = browser.get(f"/admin/reports/repair-preview/{draft.token}/")
        assert response.status_code == 200, response.status_code

    found["preview"] = _wall(preview)
    shown = plan(company, RepairGroups(tuple(chosen))).fingerprint
    found["confirm"] = _wall(lambda: apply.confirm(draft, None, shown))
    draft.refresh_from_db()
    assert draft.repair is not None
    found["moved"] = draft.repair.effect["leads"]
    assert _report(company) != before
    undo = Undo(draft.repair.pk)
    back = drafts.make(company, undo, _user(browser), "measured")
    token = back.token
    found["preview_undo"] = _wall(lambda: browser.get(f"/admin/reports/repair-preview/{token}/"))
    shown = plan(company, undo).fingerprint
    found["undo"] = _wall(lambda: apply.confirm(back, None, shown))
    found["same"] = _report(company) == before
    return found


def _wall(work: Any) -> float:
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1000


def _report(company: Any) -> str:
    from bench.ranges import RANGES
    from reports.query import ReportQuery
    from reports.report import run_report
    from reports.serialize import as_json

    first, last = RANGES["24 months"]
    return as_json(run_report(ReportQuery(company=company, start=first, end=last)))


def _user(browser: Any) -> Any:
    from django.contrib.auth.models import User

    return User.objects.get(pk=browser.session["_auth_user_id"])


ROWS = {
    "queue_first": "queue page, first of a process, CPU",
    "queue": "queue page, CPU",
    "preview": "preview, wall",
    "confirm": "confirmation, wall",
    "preview_undo": "preview of the undo, wall",
    "undo": "undo, wall",
}


def printed(leads: int, results: list[dict[str, Any]]) -> str:
    """A table in Markdown; milliseconds."""
    engines = " | ".join(result["engine"] for result in results)
    lines = [
        f"{leads:,} leads in one company; milliseconds.",
        "",
        f"| | {engines} |",
        f"|---|{'---:|' * len(results)}",
        _line("groups in the queue", [f"{result['groups']:,}" for result in results]),
        _line("leads moved", [f"{result['moved']:,}" for result in results]),
        *(_line(text, [f"{r[name]:,.0f}" for r in results]) for name, text in ROWS.items()),
        _line("report after the undo", ["the same" if r["same"] else "differs" for r in results]),
    ]
    return "\n".join(lines)


def _line(text: str, cells: list[str]) -> str:
    return f"| {text} | {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main())
