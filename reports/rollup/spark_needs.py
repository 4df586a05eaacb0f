"""Whether this machine can run Apache Spark; known without the program being set up."""

import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

OLDEST_JAVA = 17


def missing() -> str:
    """What Spark needs and this machine lacks, with the way out; empty when nothing."""
    for package in ("pyspark", "pyarrow"):
        if find_spec(package) is None:
            return (
                f"The Python package {package} is not installed. It is an optional extra:"
                " docs/scale.md says how to install it."
            )
    version = java_version()
    if version < OLDEST_JAVA:
        found = f"Java {version} was found" if version else "no Java was found"
        return (
            f"Spark needs Java {OLDEST_JAVA} or newer, and {found}."
            " On Debian or Ubuntu: apt-get install openjdk-17-jre-headless"
        )
    return ""


def java_version() -> int:
    """The main number of the Java that Spark would start; 0 without one."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin") if home else None)
    if java is None:
        return 0
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)  # noqa: S603
    number = re.search(r'version "(\d+)', said.stderr)
    return int(number.group(1)) if number else 0
