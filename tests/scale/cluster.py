"""A Spark cluster on this machine alone: one master, two workers with one core each."""

import os
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psutil
import pyspark

SPARK_CLASS = Path(pyspark.__file__).parent / "bin" / "spark-class"
HOST = "127.0.0.1"
PATIENCE = 300  # seconds; a machine may be busy
# Small enough for a laptop; a file is read in several tasks however little it holds.
SETTINGS = {
    "spark.executor.cores": "1",
    "spark.executor.memory": "512m",
    "spark.driver.memory": "512m",
    "spark.sql.files.openCostInBytes": "262144",
    "spark.ui.showConsoleProgress": "false",
}


class Cluster:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"spark://{HOST}:{self.port}"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.workers: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        self._start("master.Master", "--port", str(self.port))
        wait_for(lambda: answers(self.port), "the Spark master")
        for _ in range(2):
            self.add_worker()

    def add_worker(self) -> None:
        work = self.folder / f"worker-{len(self.processes)}"
        size = ["--cores", "1", "--memory", "512m", "--work-dir", str(work)]
        self.workers.append(self._start("worker.Worker", *size, self.url))

    def _start(self, name: str, *arguments: str) -> "subprocess.Popen[bytes]":
        log = self.folder / f"{len(self.processes)}-{name}.log"
        common = ["--host", HOST, "--webui-port", "0"]
        with log.open("wb") as out:
            process = subprocess.Popen(
                [str(SPARK_CLASS), f"org.apache.spark.deploy.{name}", *common, *arguments],
                env=os.environ
                | {"SPARK_DAEMON_MEMORY": "256m", "SPARK_LOCAL_DIRS": str(self.folder)},
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a group: a worker and the executors it starts
            )
        self.processes.append(process)
        return process

    def stop(self) -> None:
        for process in reversed(self.processes):
            signal_group(process, signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                signal_group(process, signal.SIGKILL)
                process.wait(PATIENCE)

    def worker_of(self, executor: str) -> "subprocess.Popen[bytes] | None":
        for worker in self.workers:
            with suppress(psutil.Error):
                for child in psutil.Process(worker.pid).children(recursive=True):
                    if f"--executor-id {executor} " in " ".join(child.cmdline()):
                        return worker
        return None


class Killer(Thread):
    """Kills one worker, with its executor, while that one certainly has a task in hand.

    A worker that Spark says is busy is frozen; if Spark still counts the task as running half a
    second later, it can neither have ended nor end any more, and the worker is killed.
    """

    def __init__(self, cluster: Cluster, session: Any) -> None:
        super().__init__(daemon=True)
        self.cluster = cluster
        self.store = session.sparkContext._jsc.sc().statusStore()
        self.running = 0  # tasks that the worker had in hand when it was killed
        self.executor = ""
        self.over = Event()

    def run(self) -> None:
        while not self.running and not self.over.wait(0.01):
            for executor, tasks in self._tasks().items():
                worker = self.cluster.worker_of(executor) if tasks else None
                if worker is None:
                    continue
                signal_group(worker, signal.SIGSTOP)
                time.sleep(0.5)
                self.running = self._tasks().get(executor, 0)
                signal_group(worker, signal.SIGKILL if self.running else signal.SIGCONT)
                if self.running:
                    self.executor = executor
                    worker.wait(PATIENCE)
                    return

    def _tasks(self) -> dict[str, int]:
        """Running tasks by executor, as Spark's own record has them."""
        found = self.store.executorList(True)
        executors = [found.apply(place) for place in range(found.size())]
        return {one.id(): one.activeTasks() for one in executors if one.id() != "driver"}

    def is_dead_to_spark(self) -> bool:
        found = self.store.executorList(False)
        executors = [found.apply(place) for place in range(found.size())]
        return [one.isActive() for one in executors if one.id() == self.executor] == [False]


def signal_group(process: "subprocess.Popen[bytes]", number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex((HOST, port)) == 0


def wait_for(condition: Any, what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > until:
            raise RuntimeError(f"{what} did not come within {PATIENCE} seconds.")
        time.sleep(0.2)
