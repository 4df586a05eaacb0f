"""The published example of first, last, linear and 40/20/40 credit, through the commands alone."""

import csv
import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from tests.shared_data import data_folder

pytestmark = pytest.mark.django_db
FOLDER = data_folder("attribution-playbook")
EXPECTED = json.loads((FOLDER / "expected.json").read_text())
MODELS = {
    "first": ("first", "first_revenue"),
    "last": ("last", "last_revenue"),
    "linear": ("linear", "linear_revenue"),
    "position": ("position_40_20_40", "position_revenue"),
}


def run(*arguments):
    out = StringIO()
    call_command(*map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.fixture
def playbook(db):
    run("create_company", "Playbook", "--slug", "playbook", "--currency", "USD")
    to = ("--company", "playbook")
    run(
        *("import_leads", FOLDER / "customer_conversions.csv", *to, "--set"),
        *("booking_status=completed", "--map", "customer_id=id"),
        *("--map", "converted_at=received_at", "--map", "revenue=value"),
    )
    run("import_spend", FOLDER / "ad_spend.csv", *to, "--currency", "USD")
    said = json.loads(run("import_touchpoints", FOLDER / "sessions.csv", *to, "--json"))
    assert (said["rows"], said["new"], said["without_a_lead"]) == (90, 47, 43)
    assert json.loads(run("import_touchpoints", FOLDER / "sessions.csv", *to, "--json"))["new"] == 0


def report(model, group_by, *more):
    found = run(
        *("report", "--company", "playbook", "--model", model, "--window", "30", "--json"),
        *("--from", "2020-01-01", "--to", "2020-12-31", "--group-by", group_by, *more),
    )
    return json.loads(found)


def near(told, expected, places):
    return abs(Decimal(str(told or 0)) - Decimal(str(expected))) <= Decimal(5).scaleb(-places - 1)


@pytest.mark.parametrize("model", MODELS)
def test_by_source_and_by_source_and_campaign(playbook, model):
    leads, revenue = MODELS[model]
    found = report(model, "source")
    rows = {row["key"]: row for row in found["rows"]}
    none = {"leads": 0, "revenue": "0"}
    for one in EXPECTED["by_source"]:
        row = rows.pop(one["utm_source"], none)
        assert near(row["leads"], one[leads], 4)
        assert near(row["revenue"], one[revenue], 2)
    assert not rows
    assert (found["total"]["leads"], Decimal(found["total"]["revenue"])) == (21, 275)
    assert found["proof"]["holds"]
    for one in EXPECTED["by_source_campaign"]:
        of_source = report(model, "campaign", "--source", one["utm_source"])
        named = {row["key"]: row for row in of_source["rows"]}
        row = named.get(one["utm_campaign"], none)
        row = row if one["utm_campaign"] else of_source["unattributed"]
        assert near(row["leads"], one[leads], 4)
        assert near(row["revenue"], one[revenue], 2)


def test_what_facebook_cost(playbook):
    found = report("linear", "source")
    row = next(row for row in found["rows"] if row["key"] == "facebook_ads")
    assert (row["spend"], row["leads"]) == ("312.00", 5.392857)
    assert (round(Decimal(row["cost_per_completed"]), 2), row["roas"]) == (
        Decimal("57.85"),
        "0.224931",
    )
    assert sum(Decimal(row["revenue"]) for row in found["rows"]) == 275
    assert sum(Decimal(str(row["leads"])) for row in found["rows"]) == 21


def test_a_direct_session_takes_the_last_one_that_is_not(tmp_path, db):
    """Of each session of the list as if a lead had come right after it."""
    folder = data_folder("channel-cases-ga4")
    run("create_company", "Sessions", "--slug", "playbook")
    rows = list(csv.DictReader((folder / "last_non_direct_input.csv").open()))
    expected = list(csv.DictReader((folder / "last_non_direct_expected.csv").open()))
    keys = [row["session_partition_key"] for row in rows]
    leads, visits = tmp_path / "leads.csv", tmp_path / "visits.csv"
    with leads.open("w") as file:
        file.write("id,received_at\n")
        for key, row in zip(keys, rows, strict=True):
            moment = 1 + int(row["session_partition_timestamp"])
            day, second = divmod(moment - 1682899200, 86400)  # since 1 May 2023
            clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
            file.write(f"{key},2023-05-{day + 1:02} {clock}Z\n")
    with visits.open("w") as file:
        writer = csv.DictWriter(file, ["lead", *rows[0]])
        writer.writeheader()
        for key in keys:
            writer.writerows(row | {"lead": key} for row in rows)
    run("import_leads", leads, "--company", "playbook")
    told = json.loads(
        run(
            *("import_touchpoints", visits, "--company", "playbook", "--json"),
            *("--map", "session_partition_timestamp=at"),
        )
    )
    assert told["new"] == 16
    for nth, row in enumerate(expected):
        day = f"2023-05-{int(row['session_partition_date'][-2:]):02}"
        found = run(
            *("report", "--company", "playbook", "--model", "last-non-direct", "--json"),
            *("--from", day, "--to", day, "--group-by", "source"),
        )
        shown = {one["key"]: one["leads"] for one in json.loads(found)["rows"]}
        assert shown == {row["last_non_direct_source"]: 1}, (nth, keys)
