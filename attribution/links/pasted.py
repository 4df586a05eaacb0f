"""The links that a person pasted, or that stand in a file."""

from typing import BinaryIO

from attribution.files.reading import FileProblem, open_table
from attribution.files.table import Table

MOST_LINKS = 1_000
HEADINGS = ("url", "link", "landing page", "final url", "address", "page", "website")


def links_in_text(text: str) -> list[str]:
    """One a line; blank lines and quotes around a line do not count."""
    return [link for line in text.splitlines() if (link := line.strip().strip("\"'"))]


def links_in_file(file: BinaryIO, name: str) -> list[str]:
    """A column of a CSV or XLSX, or a text file with one link a line. Raises FileProblem."""
    start = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip(b" \r\n\t\"'").lower()
    file.seek(0)
    if start.startswith((b"http:", b"https:")):
        return links_in_text(file.read().decode("utf-8-sig", "replace"))
    table = open_table(file, name=name)
    column = _column(table)
    found = []
    for row in table.rows():
        if link := row.cells[column].strip():
            found.append(link)
        if len(found) > MOST_LINKS:
            break  # the form says that these are too many
    return found


def _column(table: Table) -> int:
    """The column whose heading says that it holds links; the only one in any case."""
    words = [" ".join(header.casefold().replace("_", " ").split()) for header in table.headers]
    for heading in HEADINGS:
        if heading in words:
            return words.index(heading)
    if len(words) == 1:
        return 0
    raise FileProblem(
        f'"{table.name}" has no column of links. '
        f"Name one of its columns url: the headings are {', '.join(table.headers[:10])}."
    )
