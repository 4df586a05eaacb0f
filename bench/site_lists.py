"""Converts the published lists of sites to the files that the program ships.

`python -m bench.site_lists FOLDER` reads SearchEngines.yml, Socials.yml and AIAssistants.yml of
matomo-org/searchengine-and-social-list and ga4_source_categories.csv of Velir/dbt-ga4 there, keeps
hosts and names, and prints what docs/VENDORED.md says of the results.
"""

import csv
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
LISTS = PROJECT / "attribution" / "channels" / "lists"
# Squatted spellings of Google, and Microsoft's sign-in: none of them is the site named there.
LEFT_OUT = ("wwwgoogle.", "gogole.", "gppgle.", "googel.", "login.live.com", "android-app//")


def engines(file: Path) -> Iterator[tuple[str, str]]:
    """Host and name of each search engine; a part of a site that is told by its path is left out,
    because the site itself is listed too."""
    name, in_urls = "", False
    for line in file.read_text().splitlines():
        if line and not line.startswith((" ", "#")):
            name = _text(line.rstrip().removesuffix(":"))
        elif line.strip().endswith(":"):
            in_urls = line.strip() == "urls:"
        elif in_urls and line.strip().startswith("- "):
            host = _text(line.strip()[2:])
            if "/" not in host:
                yield host, name


def sites(file: Path) -> Iterator[tuple[str, str]]:
    """Host and name of each site of a plain list; a host may have a path."""
    name = ""
    for line in file.read_text().splitlines():
        if line.startswith(" "):
            yield _text(line.strip().removeprefix("- ")), name
        elif line and not line.startswith("#"):
            name = _text(line.rstrip().removesuffix(":"))


def categories(file: Path) -> Iterator[tuple[str, str]]:
    """Source and category, as GA4 tells them apart."""
    with file.open() as rows:
        for row in csv.DictReader(rows):
            category = row["source_category"].removeprefix("SOURCE_CATEGORY_")
            yield row["source"].casefold(), category.casefold()


def _text(written: str) -> str:
    return written.strip().strip("'\"").replace("%2B", "+")


def write(name: str, rows: Iterator[tuple[str, str]]) -> None:
    kept = dict(row for row in rows if not row[0].startswith(LEFT_OUT))
    text = "".join(f"{first}\t{second}\n" for first, second in sorted(kept.items()))
    (LISTS / name).write_text(text)
    print(f"{name}: {len(kept)} lines, sha256 {hashlib.sha256(text.encode()).hexdigest()}")


def main(folder: Path) -> None:
    write("search_engines.tsv", engines(folder / "SearchEngines.yml"))
    write("socials.tsv", sites(folder / "Socials.yml"))
    write("ai_assistants.tsv", sites(folder / "AIAssistants.yml"))
    write("ga4_sources.tsv", categories(folder / "ga4_source_categories.csv"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
