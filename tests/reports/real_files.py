"""For tests with files of other people: takes them in and asks for the report of them."""

import csv
import io
import json
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO

from django.core.management import call_command

from tests.reports.march import ADDRESS


def run(command, *arguments):
    out = StringIO()
    call_command(command, *map(str, arguments), stdout=out)
    return out.getvalue()


def mapped(**headings):
    """`--map "their heading=our field"`, given the other way round."""
    return [part for ours, theirs in headings.items() for part in ("--map", f"{theirs}={ours}")]


def report(company, start, end, *arguments):
    days = ("--from", start, "--to", end)
    found = json.loads(run("report", "--company", company, *days, "--json", *arguments))
    assert found["proof"]["holds"]
    return found


def by_key(found):
    return {row["key"]: row for row in found["rows"]}


def expected(folder):
    return json.loads((folder / "expected.json").read_text())


def rounded(text, digits):
    """As the expected figures are rounded; None stays None."""
    return (
        None if text is None else Decimal(text).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    )


def number(value, digits):
    return None if value is None else rounded(str(value), digits)


def exported(client, company, start, end, group, *columns, **filters):
    """The rows of the page's CSV file, by group and name; a cell of a column by the column's head.

    "Total" is a group of its own, as is "Unattributed".
    """
    asked = {"company": company, "from": start, "to": end, "group": group, "cols": columns}
    answer = client.get(ADDRESS.rstrip("/") + ".csv", asked | filters)
    assert answer.status_code == 200
    rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    ends = rows.index([])
    about = dict(row for row in rows[ends + 1 :] if len(row) == 2)
    assert about["Proof"].endswith("✓")
    assert "Note" not in about or "ignored" not in about["Note"]
    return {row[1] or row[0]: dict(zip(rows[0], row, strict=True)) for row in rows[1:ends]}


def ranked(found):
    """Those of these rows that are rows of the report and no sums."""
    groups = ("Ranked", "Figure of the sort unknown", "Maturing", "Too few leads")
    return {name: row for name, row in found.items() if row["Group"].startswith(groups)}
