"""Whether the kept sums stay exact under fire: `python -m bench.stress --engine postgresql`.

Four processes write, two refresh, one compares the report from the sums with the report from the
facts in one snapshot all the time; with --kill refreshers are killed at 20 random moments.
"""

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.databases import postgresql_url
from tests.rollup.own_database import Databases
from tests.rollup.stress import PAUSES, Plan, run_on

KILLS = 20


def main() -> int:
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", choices=list(PAUSES), default="postgresql")
    parser.add_argument("--transactions", type=int, default=20_000, metavar="N")
    parser.add_argument("--kill", action="store_true", help=f"kill refreshers, {KILLS} times")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    plan = Plan(
        transactions=options.transactions,
        kills=KILLS if options.kill else 0,
        seed=options.seed,
        **PAUSES[options.engine],
    )
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stress-")))
        on_server = options.engine == "postgresql"
        server = stack.enter_context(postgresql_url()) if on_server else ""
        databases = Databases(server, folder)
        stack.callback(databases.drop)
        outcome = run_on(stack.enter_context(databases.copy()), plan)
    print(f"{options.engine}, {plan.writers} writers, {plan.refreshers} refreshers, 1 reader:")
    for name, value in vars(outcome).items():
        print(f"  {name.replace('_', ' '):<16} {value}")
    return 0 if outcome.exact else 1


if __name__ == "__main__":
    sys.exit(main())
