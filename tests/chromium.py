"""Finds a Chromium for the browser tests, and installs one of Debian's where that is possible."""

import os
import shutil
import subprocess
from pathlib import Path

# The one that has no windows: it shows the same pages in two thirds of the time.
WINDOWLESS = "chromium-headless-shell"
NAMES = (WINDOWLESS, "chromium", "chromium-browser", "google-chrome")
PATIENCE = "Acquire::http::Timeout=20"  # seconds; an own Chromium may be there
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--js-flags=--min-semi-space-size=32",  # MB: axe leaves much to be collected
]


def find_chromium() -> str | None:
    """The program to start: CHROMIUM names it, or it stands on the path."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def prepare_chromium() -> str | None:
    """The program to start. Where we are root on a Debian, its package is installed first."""
    may_install = os.geteuid() == 0 and Path("/etc/debian_version").exists()
    if may_install and not os.environ.get("CHROMIUM") and not shutil.which(WINDOWLESS):
        install(WINDOWLESS)
        if find_chromium() is None:  # Ubuntu has no such package
            install("chromium")
    return find_chromium()


def install(package: str) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", package]):
        whole = ["apt-get", "-q", "-o", PATIENCE, *command]
        if subprocess.run(whole, env=environment, check=False).returncode:
            return
