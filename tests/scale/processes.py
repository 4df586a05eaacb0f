"""Every process of a run carries a mark in its environment, so that none is left behind."""

import os
import time
from collections.abc import Iterator
from threading import Event, Thread

import psutil

MARK = "SCALE_RUN"
ROLES = {
    "deploy.master.Master": "master",
    "deploy.worker.Worker": "worker",
    "CoarseGrainedExecutorBackend": "executor",
    "SparkSubmit": "driver (Java)",
    "rollup_spark": "manage.py",
}


def marked() -> Iterator[psutil.Process]:
    """The processes that this run started, also those whose parent is gone; not this one."""
    wanted = os.environ[MARK]
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(MARK) == wanted:
                yield process
        except psutil.Error:
            continue


def stop_all(patience: float = 15) -> list[str]:
    """End whatever is left of this run; returns what did not end by itself."""
    until = time.monotonic() + patience
    while (left := list(marked())) and time.monotonic() < until:
        time.sleep(0.5)
    names = [role_of(process) for process in left]
    for process in left:
        try:
            process.kill()
        except psutil.Error:
            continue
    psutil.wait_procs(left, timeout=10)
    return names


def role_of(process: psutil.Process) -> str:
    try:
        words = " ".join(process.cmdline())
    except psutil.Error:
        return "gone"
    return next((role for part, role in ROLES.items() if part in words), words[:60])


class Usage(Thread):
    """What the processes of each role used: the most memory (resident, MB), and CPU seconds."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.memory: dict[str, float] = {}
        self.seconds: dict[int, tuple[str, float]] = {}  # by process
        self.over = Event()

    def run(self) -> None:
        while not self.over.wait(0.5):
            for process in marked():
                role = role_of(process)
                try:
                    size, times = process.memory_info().rss / 2**20, process.cpu_times()
                except psutil.Error:
                    continue
                if role in ROLES.values():
                    self.memory[role] = max(size, self.memory.get(role, 0))
                    self.seconds[process.pid] = (role, times.user + times.system)

    def cpu(self, role: str) -> float:
        """All seconds of this role up to now."""
        return sum(seconds for one, seconds in self.seconds.values() if one == role)
