"""A platform's report goes in, is seen in the report of its days, and is taken back."""

import pytest
from django.contrib.auth.models import User

from attribution import scope
from attribution.models import Company, Membership
from attribution.roles import Role
from spend.models import SpendEntry
from tests.browser.accessibility import SCHEMES, assert_fits, violations
from tests.browser.conftest import NARROW, WIDE, follow, session_cookie

WHO = "importer"
IMPORT = "/admin/spend/spendentry/import/"
GOOGLE = """Campaign report
"March 1, 2026 - March 31, 2026"
Campaign,Campaign ID,Currency code,Impr.,Clicks,Cost
Spring sale,4711,EUR,"12,000",240,"3,100.00"
Somebody else,4712,EUR, --, --,50.00
Total: Campaigns, --,EUR,"12,000",240,"3,150.00"
"""
OPEN = "Datum;Kampagne;Kosten\n01/02/2026;Spring sale;1,234\n"


@pytest.fixture(scope="module")
def company(server, django_db_blocker) -> Company:
    """One of its own: no other test sees what is imported here."""
    with django_db_blocker.unblock(), scope.all_companies():
        made = Company.objects.create(name="Import Ltd", slug="import-ltd", currency="EUR")
        person = User.objects.create_user(WHO, is_staff=True)
        Membership.objects.create(company=made, user=person, role=Role.COMPANY_ADMIN)
        return made


@pytest.fixture
def visit(open_page, cookies, company, server, django_db_blocker):
    """No transaction of the test's own: the server shares the connection."""
    with django_db_blocker.unblock():
        cookies[WHO] = session_cookie(WHO, server)
    return lambda **options: open_page(IMPORT, user=WHO, **options)


@pytest.fixture(params=[(WIDE, "light"), (NARROW, "dark")], ids=["wide", "narrow"])
def page(request, visit):
    width, scheme = request.param
    return visit(width=width, scheme=scheme, javascript=False).page


def upload(page, name, text):
    page.goto(IMPORT)
    file = {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    page.set_input_files("#id_file", file)
    press(page, "Check the file")


def press(page, button):
    follow(page.get_by_role("button", name=button))


def amounts(company, django_db_blocker):
    with django_db_blocker.unblock(), scope.all_companies():
        return sum(
            SpendEntry.objects.filter(company=company).values_list("amount_minor", flat=True)
        )


def test_a_report_of_a_month_is_spread_seen_and_taken_back(page, company, django_db_blocker):
    upload(page, "Campaign report.csv", GOOGLE)
    text = page.inner_text("#content")
    assert "read as Google Ads" in text
    assert "Money in the file: €3,150.00" in text
    assert "The file's own total says the same, €3,150.00." in text
    assert "2 amounts of more than a day are spread over their days" in text
    assert "Rows left out" in text
    press(page, "Import 2 rows")
    assert "2 rows were imported" in page.inner_text("#content")
    assert amounts(company, django_db_blocker) == 315000
    page.goto(
        "/admin/reports/overview/?company=import-ltd&period=custom&from=2026-03-01&to=2026-03-10"
    )
    assert "1,016.13" in page.inner_text("#content")  # 10 of 31 days of 3,150.00
    page.go_back()
    follow(page.get_by_role("link", name="Undo this import"))
    assert "62 entries that it made are removed (€3,150.00)" in page.inner_text("#content")
    press(page, "Undo this import")
    assert "This import was undone" in page.inner_text("#content")
    assert amounts(company, django_db_blocker) == 0


def test_what_a_file_leaves_open_is_asked(page, company, django_db_blocker):
    upload(page, "kosten.csv", OPEN)
    assert "The days could be day/month or month/day: 01/02/2026." in page.inner_text("#content")
    page.get_by_label("31.03.2026 or 31/03/2026 (day first)").check()
    page.get_by_label("1.234,56 (comma)").check()
    press(page, "Check the file")
    assert "1.234" in page.inner_text("#content")  # euros have two decimals: refused, not rounded
    assert amounts(company, django_db_blocker) == 0


def test_the_pages_of_an_import_are_accessible(visit):
    seen = visit()
    for name, text in (("report.csv", GOOGLE), ("open.csv", OPEN)):
        upload(seen.page, name, text)
        for scheme in SCHEMES:
            seen.page.emulate_media(color_scheme=scheme)
            assert not violations(seen.page), scheme
        assert_fits(seen)
        seen.page.set_viewport_size({"width": WIDE, "height": 900})


def test_on_a_phone_what_is_wrong_with_a_row_is_read_without_scrolling(
    visit, company, django_db_blocker
):
    """Somebody else was at the row since the list was opened."""
    with django_db_blocker.unblock(), scope.all_companies():
        name = "A row that two people change"
        entry = SpendEntry.objects.create(
            company=company, day="2026-04-01", campaign_name=name, amount_minor=100
        )
    page = visit(width=NARROW).page
    page.goto("/admin/spend/spendentry/?q=two+people")
    with django_db_blocker.unblock(), scope.all_companies():
        entry = SpendEntry.objects.get(pk=entry.pk)
        entry.amount_minor = 200
        entry.save()
    page.locator("input[name=form-0-amount_minor]").fill("66.66")
    with page.expect_navigation():
        page.locator("input[name=_save]").first.click()
    told = page.locator("#result_list .errorlist").first
    assert "Somebody else changed this row" in told.inner_text()
    box = told.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= NARROW
    with django_db_blocker.unblock(), scope.all_companies():
        SpendEntry.objects.filter(pk=entry.pk).delete()
