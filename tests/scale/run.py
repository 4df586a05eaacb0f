"""`make test-scale`: the sums on Apache Spark beside those on PostgreSQL, with a worker killed.

SCALE_LEADS=1000000 make test-scale   (100,000 when not said). Extra arguments go to pytest.
"""

import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

from reports.rollup.spark_needs import missing
from tests.databases import postgresql_url
from tests.scale.processes import MARK, stop_all

PROJECT = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> int:
    if problem := missing():
        print(problem)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with postgresql_url() as url:
        os.environ[MARK] = uuid.uuid4().hex  # not of the database server, which ends with the block
        tests = subprocess.Popen(
            [sys.executable, "-m", "pytest", "-q", "tests/scale", *arguments],
            cwd=PROJECT,
            env=os.environ
            | {
                "DATABASE_URL": url,
                "SCALE_LEADS": os.environ.get("SCALE_LEADS", "100000"),
                "SPARK_LOCAL_IP": "127.0.0.1",
            },
        )
        try:
            code = tests.wait()
        finally:
            if tests.poll() is None:
                tests.send_signal(signal.SIGINT)  # stops what it started
            left = stop_all(patience=30)
    if left:
        print(f"These did not end by themselves and were killed: {', '.join(left)}")
    return code or bool(left)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
