"""The report as a file: what is on screen, all of it, and nothing that a spreadsheet would run."""

import csv
import io
from datetime import UTC, datetime

import openpyxl
import pytest
import time_machine

from tests.factories import make_campaign, make_lead, make_user
from tests.reports.march import ADDRESS, MARCH, make_march

pytestmark = pytest.mark.django_db
CSV, XLSX = (ADDRESS.rstrip("/") + ending for ending in (".csv", ".xlsx"))


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(datetime(2026, 6, 1, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def march(company, client):
    make_march(company)
    client.force_login(make_user(company))
    return company


def lines(client, **parameters):
    answer = client.get(CSV, MARCH | parameters)
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content)))


def workbook(client, **parameters):
    answer = client.get(XLSX, MARCH | parameters)
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def test_the_file_has_the_rows_of_the_page_in_their_order(client, march):
    found = lines(client, sort="-booked_rate", cols=["leads", "booked_rate", "spend"])
    assert found[0] == [
        *("Group", "Campaign", "Marks", "Leads"),
        *("Booked rate", "Booked rate, 95 % from", "Booked rate, 95 % to", "Spend (EUR)"),
    ]
    rows = {row[1] or row[0]: row for row in found[1:12]}
    assert [row[1] for row in found[1:5]] == ["Spring", "Brand", "Tiny", "Posters"]
    assert rows["Spring"] == ["Ranked", "Spring", "", "6", "0.5000", "0.1876", "0.8124", "60.00"]
    assert rows["Tiny"][:3] == ["Too few leads, not ranked", "Tiny", "too few leads"]
    assert rows["Brand"][-1] == ""  # not known, not nought
    assert rows["Unattributed"][3] == "2"
    assert rows["sprnig"][-1] == "7.50"
    assert rows["Total"][3] == "13"
    assert rows["Total"][-1] == "92.50"
    assert [row[1] for row in found if row[:1] == ["Excluded"]] == ["Test", "Bot"]


def test_the_file_says_what_it_is_and_that_it_adds_up(client, march):
    about = {row[0]: row[1] for row in lines(client, channel="paid_search") if len(row) == 2}
    assert about["Company"] == march.name
    assert about["Period"] == "1 Mar – 31 Mar 2026"
    assert about["Filter: Channel"] == "Paid search"
    assert about["Sorted by"] == "Leads, descending"
    assert about["Proof"].endswith("received ✓")
    assert "matched" in about["Proof of spend"]


def test_the_file_defines_its_columns(client, march):
    defined = {row[1]: row[2] for row in lines(client) if row[:1] == ["Definition"]}
    assert defined["Booked rate"].startswith("Booked ÷ leads")
    assert "Impressions" not in defined  # not among the columns
    assert defined["Unattributed"]


def test_all_pages_are_in_the_file(client, march):
    for number in range(60):
        make_lead(march, f"more {number}")
    assert len([row for row in lines(client) if row[:1] == ["Too few leads, not ranked"]]) == 62


def test_the_workbook_has_numbers_and_says_the_same(client, march):
    book = workbook(client, cols=["leads", "booked_rate", "spend"])
    assert book.sheetnames[1:] == ["About", "Definitions"]
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[2]][:5] == ["Ranked", "Spring", None, 6, 0.5]
    assert sheet.freeze_panes == "A2"
    about = {row[0].value: row[1].value for row in book["About"]}
    assert about["Proof"].endswith("received ✓")


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "+1", "-1", "\t=1", "＝1"])
def test_a_name_that_is_a_formula_is_text(client, march, name):
    make_campaign(march, f"key of {name}", name=name)
    make_lead(march, f"key of {name}")
    assert "'" + name in [row[1] for row in lines(client) if len(row) > 1]
    cells = [cell for sheet in workbook(client) for row in sheet for cell in row]
    assert all(cell.data_type != "f" for cell in cells)


def test_the_file_is_named_after_company_and_period(client, march):
    answer = client.get(CSV, MARCH)
    name = f"campaigns-{march.slug}-2026-03-01-2026-03-31.csv"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'


def test_who_has_no_company_exports_nothing(client, db):
    client.force_login(make_user(is_superuser=True))
    assert client.get(CSV).status_code == 403
