"""Where the sample files of other people stand. They are read in place, never copied.

SHARED_DATA names the folder; else it is ../shared/data beside the checkout.
"""

import csv
import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
SHARED_DATA = Path(os.environ.get("SHARED_DATA", PROJECT.parent / "shared" / "data"))
SKIPPED = "SAMPLE DATA MISSING"


def data_folder(name: str) -> Path:
    """The folder of one sample, or a loud skip."""
    return there(SHARED_DATA / name)


def bench_folder() -> Path:
    """The generator of large data, which stands beside the samples."""
    return there(SHARED_DATA.parent / "bench")


def there(folder: Path) -> Path:
    if not folder.is_dir():
        pytest.skip(f"{SKIPPED}: {folder} (SHARED_DATA names the folder)", allow_module_level=True)
    return folder


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path
