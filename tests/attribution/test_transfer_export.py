"""The export pages: what the list shows, for those who may, and nothing a spreadsheet would run."""

import csv
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from attribution import scope
from attribution.models import Campaign, Lead
from tests.factories import make_booking, make_company, make_lead, make_spend, make_user

MAY_EXPORT = {
    "attribution_lead": {"owner", "utm_admin", "company_admin"},
    "attribution_booking": {"owner", "utm_admin", "company_admin"},
    "attribution_campaign": {"viewer", "owner", "utm_admin", "company_admin"},
    "spend_spendentry": {"owner", "company_admin"},
}
ROLES = ("viewer", "owner", "utm_admin", "company_admin")
CSV, XLSX = "0", "1"
# What a spreadsheet takes for a formula, with full-width signs, and behind blanks and quotes.
FORMULAS = [
    f"{before}{sign}HYPERLINK(1)"
    for before in ("", " ", '"', "'", "\u200b")
    for sign in "=+-@\t\r\n＝＋－＠"
]


def address(page, model):
    return reverse(f"admin:{model}_{page}")


def download(client, model, file_format=CSV, **filters):
    answer = client.post(
        address("export", model), {"format": file_format, "resource": "0"}, query_params=filters
    )
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def table(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.fixture
def admin(client, company):
    client.force_login(make_user(company, "company_admin"))
    return client


@pytest.mark.parametrize("model", MAY_EXPORT)
@pytest.mark.parametrize("role", [*ROLES, None, "anonymous"])
def test_the_right_to_export(client, company, role, model):
    if role != "anonymous":
        client.force_login(make_user(company if role else None, role or ""))
    allowed = role in MAY_EXPORT[model]
    expected = 200 if allowed else 403 if role in ROLES else 302
    assert client.get(address("export", model)).status_code == expected
    posted = client.post(address("export", model), {"format": CSV, "resource": "0"})
    assert posted.status_code == expected
    if role in ROLES:
        page = client.get(address("changelist", model)).content.decode()
        assert (address("export", model) in page) == allowed


def test_a_company_in_which_one_only_looks_is_not_exported(client, company):
    user = make_user(company, "owner")
    with scope.all_companies():
        other = make_company()
        other.membership_set.create(user=user, role="viewer")
        make_lead(other, external_id="theirs")
        make_lead(company, external_id="ours")
    client.force_login(user)
    assert [row["id"] for row in table(download(client, "attribution_lead"))] == ["ours"]


def test_the_file_holds_what_the_list_shows(admin, company):
    make_lead(company, "spring", external_id="A", utm_source="google")
    make_lead(company, "winter", external_id="B", utm_source="bing")
    spring = Campaign.objects.get(key="spring")
    found = table(download(admin, "attribution_lead", campaign=spring.pk))
    assert [row["id"] for row in found] == ["A"]
    assert [row["id"] for row in table(download(admin, "attribution_lead", q="B"))] == ["B"]
    page = admin.get(address("export", "attribution_lead"), {"q": "B"}).content.decode()
    assert "<b>1 row</b>" in page
    assert "Search: B" in page


def test_a_filter_that_is_not_understood_is_no_failure(admin):
    answer = admin.get(address("export", "attribution_lead"), {"is_hot": "x", "o": "'"})
    assert answer.status_code in (200, 302, 400)


def test_values_stand_as_they_are(admin, company):
    lead = make_lead(company, " Spring%20Sale ", click_ids={"gclid": "AbC"}, is_hot=True)
    make_booking(lead, "completed", 123456)
    (row,) = table(download(admin, "attribution_lead"))
    assert row["utm_campaign"] == " Spring%20Sale "
    assert row["gclid"] == "AbC"
    assert row["marks"] == "hot"
    assert row["received_at"] == "2026-03-02T12:00:00+00:00"
    assert (row["revenue"], row["currency"]) == ("1234.56", "EUR")
    (row,) = table(download(admin, "attribution_booking"))
    assert (row["status"], row["value"], row["lead"]) == ("completed", "1234.56", lead.external_id)


@pytest.mark.parametrize("role", ["owner", "utm_admin"])
def test_persons_are_masked_as_on_screen(client, company, role):
    make_lead(company, name="Anna Berg", email="anna@example.org", phone="+49 170 1234567")
    client.force_login(make_user(company, role))
    for content in (
        download(client, "attribution_lead").decode("utf-8-sig"),
        texts(download(client, "attribution_lead", XLSX)),
    ):
        shown = role == "utm_admin"
        assert ("anna@example.org" in content) == shown
        assert ("Anna" in content) == shown
        assert ("1234567" in content) == shown
        assert ("a…@e…" in content) != shown


def texts(content):
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    return "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("model", MAY_EXPORT)
def test_no_cell_is_a_formula_and_numbers_stay_numbers(admin, company, model):
    for n, text in enumerate(FORMULAS):
        lead = make_lead(
            company,
            text,
            external_id=f"{text}{n}",
            utm_source=text,
            utm_medium=text,
            utm_content=text,
            utm_term=text,
            utm_id=text,
            referrer=text,
            landing_page=text,
            country=text,
            city=text,
            name=text,
            email=text,
            phone=text,
            click_ids={"gclid": text},
        )
        make_booking(lead, external_id=f"{text}{n}")
        make_spend(company, f"{text}{n}", -500, note=text, utm_source=text, utm_medium=text)
    Campaign.objects.update(name="=1+1")
    sheet = load_workbook(io.BytesIO(download(admin, model, XLSX))).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert len(cells) > len(FORMULAS)
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    for row in table(download(admin, model)):
        live = [text for text in row.values() if text[:1] in tuple("=+@\t\r\n＝＋－＠")]
        assert live == []
        assert [text for text in row.values() if text[:1] == "-" and text != "-5.00"] == []


def test_an_amount_is_a_number_in_the_sheet(admin, company):
    make_spend(company, "spring", -500)
    sheet = load_workbook(io.BytesIO(download(admin, "spend_spendentry", XLSX))).worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    amount = sheet[2][heads.index("amount")]
    assert (amount.data_type, amount.value) == ("n", -5)


def test_the_queries_do_not_grow_with_the_rows(admin, company, django_assert_max_num_queries):
    for n in range(30):
        make_booking(make_lead(company, f"c{n % 3}"))
    for model in MAY_EXPORT:
        with django_assert_max_num_queries(8):
            download(admin, model)


def test_a_sheet_that_would_be_too_long_is_refused(admin, company, monkeypatch):
    monkeypatch.setattr("attribution.transfer.forms.MOST_XLSX_ROWS", 1)
    make_lead(company)
    make_lead(company)
    posted = {"format": XLSX, "resource": "0"}
    page = admin.post(address("export", "attribution_lead"), posted).content.decode()
    assert "A sheet holds 1 rows. Choose CSV" in page
    assert Lead.objects.count() == len(table(download(admin, "attribution_lead")))


@pytest.mark.parametrize("chosen", ["", "2", "yaml", "-1"])
def test_other_formats_are_refused(admin, chosen):
    posted = {"format": chosen, "resource": "0"}
    page = admin.post(address("export", "attribution_lead"), posted)
    assert page.status_code == 200
    assert page.context["form"].errors["format"]
