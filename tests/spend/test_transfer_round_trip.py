"""An exported spend file can be read back: nothing new, nothing changed, no error."""

import io
from datetime import date

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attribution.files.cells import CellError, parse_text
from attribution.files.writing import stream_csv, write_xlsx
from attribution.imports.engine import check, take_in
from attribution.imports.options import ImportOptions
from attribution.utm import tidy
from spend.models import SpendEntry
from spend.resources import SpendResource
from tests.effort import EFFORT
from tests.factories import make_campaign, make_spend, make_user

HEADERS = ["day", "campaign", "source", "medium", "amount", "clicks", "note"]
HEADERS += ["currency", "platform_id"]


def importable(text):
    try:
        return parse_text(text, 100) == text
    except CellError:
        return False


SPREADSHEET_BAIT = "=+-@\t\n '\"＝＋－＠%25+a1;,éİß…\u200b\u00a0|{}()"
TEXTS = st.text(st.sampled_from(SPREADSHEET_BAIT) | st.characters(), max_size=10).filter(importable)
ROWS = st.lists(
    st.tuples(
        st.dates(date(2025, 1, 1), date(2026, 6, 1)),
        TEXTS,
        TEXTS,
        TEXTS,
        st.decimals(-(10**6), 10**6, places=2),
        st.none() | st.integers(0, 10**6),
        TEXTS,
        st.sampled_from(("", "EUR", "USD")),
        st.sampled_from(("", "4711", "=1+1")),
    ),
    min_size=1,
    max_size=15,
    unique_by=lambda row: (row[0], *(tidy(text) for text in row[1:4]), row[8]),
)


def source(headers, rows, kind):
    if kind == "csv":
        return io.BytesIO(b"".join(stream_csv(headers, rows, bom=True)))
    file = io.BytesIO()
    write_xlsx(file, headers, rows)
    return file


def exported(company, kind):
    resource = SpendResource()
    rows = SpendEntry.objects.filter(company=company).order_by("pk")
    return source(resource.get_export_headers(), resource.table_rows(rows), kind)


@settings(max_examples=20 * EFFORT, suppress_health_check=list(HealthCheck))
@given(rows=ROWS)
@pytest.mark.parametrize("kind", ["csv", pytest.param("xlsx", marks=pytest.mark.on_sqlite)])
def test_nothing_changes_whatever_the_texts(company, kind, rows):
    with transaction.atomic():
        file = source(HEADERS, rows, kind)
        first = take_in(company, "spend", file, f"a.{kind}", ImportOptions(), None)
        assert first.error_count == 0, first.errors
        again = check(company, "spend", exported(company, kind), f"b.{kind}", ImportOptions())
        assert (again.error_count, again.new, again.changed) == (0, 0, 0), again.to_json()
        assert again.same == SpendEntry.objects.count()
        transaction.set_rollback(True)


def test_nothing_changes_through_the_pages(client, company):
    make_campaign(company, "spring", name="Spring sale")
    client.force_login(make_user(company, "company_admin"))
    text = "day,campaign,amount,note\n2026-03-01,Spring,10.50,'=1+1\n2026-03-02,unknown,-3.00,\n"
    take_in(company, "spend", io.BytesIO(text.encode()), "a.csv", ImportOptions(), None)
    answer = client.post(reverse("admin:spend_spendentry_export"), {"format": "0", "resource": "0"})
    file = io.BytesIO(b"".join(answer.streaming_content))
    file.name = "spend.csv"
    said = {"company": company.slug, "file": file, "day_order": "ymd", "decimal_sign": "."}
    page = client.post(reverse("admin:spend_spendentry_import"), said, follow=True)
    outcome = page.context["outcome"]
    assert (outcome.new, outcome.changed, outcome.same) == (0, 0, 2)
    assert outcome.error_count == 0
    assert "unknown" in page.content.decode()
    assert "-€3.00" in page.content.decode()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_amounts_typed_by_hand_are_not_doubled(company, kind):
    """One campaign and day, once typed and once from a file: two entries, and they stay two."""
    make_spend(company, "spring", 1000)
    file = io.BytesIO(b"day,campaign,amount\n2026-03-02,spring,20.00\n")
    take_in(company, "spend", file, "a.csv", ImportOptions(), None)
    again = take_in(company, "spend", exported(company, kind), f"b.{kind}", ImportOptions(), None)
    assert (again.error_count, again.new, again.changed, again.same) == (0, 0, 0, 2)
    amounts = SpendEntry.objects.order_by("amount_minor").values_list("amount_minor", "source")
    assert list(amounts) == [(1000, "form"), (2000, "file")]
