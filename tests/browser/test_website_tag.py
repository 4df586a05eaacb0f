"""The way of one visit into one row of the report, and the pages that set it up and show it."""

import re
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User

from attribution import scope
from attribution.models import Company, Lead, Membership, Refusal
from attribution.roles import Role
from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import follow, session_cookie
from tests.browser.site import Site, running
from tests.factories import make_campaign, make_lead

WHO = "tag-admin"
PAGE = "/admin/tools/tag/?company=tag-ltd"
# A browser without a window says so, and would be counted as a bot.
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0"
ADS = "/?UTM_Source=Google&utm_medium=cpc&utm_campaign=Whole%20Way&gclid=AbC-1"
FORM = """<form action="/thanks" method="post" data-cp data-cp-send>
  <input name="name"><input name="email" type="email" required><button>Send</button></form>"""


class TaggedSite(Site):
    """A site into which the tag was pasted as the admin shows it."""

    pasted = ""

    @property
    def tag(self) -> str:
        return self.pasted


@pytest.fixture(scope="module")
def company(server, django_db_blocker) -> Company:
    """One of its own: no other test sees what arrives here. One lead is there already."""
    with django_db_blocker.unblock(), scope.all_companies():
        made = Company.objects.create(name="Tag Ltd", slug="tag-ltd", keeps_email=True)
        person = User.objects.create_user(WHO, is_staff=True)
        Membership.objects.create(company=made, user=person, role=Role.COMPANY_ADMIN)
        make_campaign(made, "whole way", name="The whole way")
        make_lead(made, "whole way", received_at=datetime.now(UTC))
        return made


@pytest.fixture
def admin(server, company, browser, django_db_blocker):
    """The company's admin at work; what the console says is in `console`."""
    context = browser.new_context(
        base_url=server, permissions=["clipboard-read", "clipboard-write"]
    )
    with django_db_blocker.unblock():
        context.add_cookies([session_cookie(WHO, server)])
    page = context.new_page()
    page.on("console", lambda message: console.append(message.text))
    console: list[str] = []
    yield page
    assert console == []
    context.close()


@pytest.fixture
def site(server):
    with running(server, TaggedSite) as site:
        site.form = FORM
        yield site


@pytest.fixture
def visitor(browser):
    context = browser.new_context(user_agent=AGENT)
    page = context.new_page()
    page.console = []
    page.on("console", lambda message: page.console.append(message.text))
    yield page
    assert page.console == []
    context.close()


def paste_tag(admin, site) -> None:
    """A key for the site is made, and the tag copied into its pages."""
    admin.goto(PAGE)
    if "Make another key" in admin.inner_text("#content"):
        admin.click("text=Make another key")
    admin.fill("#id_origins", f"{site.url('/', 'www.site.localhost')}\nwww.example.com")
    follow(admin.get_by_role("button", name="Make the key"))
    assert "stands in the tag below" in admin.inner_text(".messagelist")
    admin.get_by_role("button", name="Copy The tag").click()
    admin.get_by_text("✓ Copied").wait_for()
    site.pasted = admin.evaluate("navigator.clipboard.readText()")
    assert re.search(r'src="http://localhost:\d+/cp.js" data-key="cpb_\w+" async', site.pasted)


def leads_in_the_row(admin) -> tuple[int, str]:
    """The number of leads in the campaign's row of the report, and where it leads."""
    admin.goto("/admin/reports/overview/?company=tag-ltd")
    row = admin.locator(".cp-table tr", has_text="The whole way")
    link = row.locator("a[href*='/attribution/lead/']").first
    return int(link.inner_text()), link.get_attribute("href")


def test_one_visit_becomes_one_lead_in_one_row_of_the_report(
    admin, site, visitor, company, django_db_blocker
):
    """Tag → landing → other page → form → ingest → row of the report +1 → the lead itself."""
    paste_tag(admin, site)
    before, __ = leads_in_the_row(admin)
    admin.goto(PAGE)
    follow(admin.locator("text=Begin the live test"))
    assert "Nothing has arrived yet" in admin.inner_text("#arrivals")

    visitor.goto(site.url(ADS), referer="https://www.google.com/")
    for link in ("Prices", "Contact"):
        follow(visitor.locator(f"text={link}"))
    visitor.fill("[name=name]", "Ann Berg")
    visitor.fill("[name=email]", "ann@berg-und-tal.de")
    follow(visitor.locator("text=Send"))
    visitor.goto(site.url("/prices"))

    admin.wait_for_selector("#arrivals[data-number='1']")
    shown = admin.inner_text("#arrivals")
    for text in ("One has arrived", "the website tag, Website", "Primary", "The whole way"):
        assert text in shown
    for text in ("Paid Search", "ann@berg-und-tal.de", "Ann Berg", "AbC-1", "ONE VISIT"):
        assert text.lower() in shown.lower()
    row = admin.locator("#arrivals tr:has(th:text-is('utm_campaign'))")
    assert row.locator("td").all_inner_texts() == ["Whole Way", "whole way", "The whole way"]

    with django_db_blocker.unblock(), scope.all_companies():
        lead = Lead.objects.get(email="ann@berg-und-tal.de")
        assert (lead.utm_source, lead.came_by) == ("Google", "snippet")
        assert lead.touchpoint_set.count() == 1
    after, drill_down = leads_in_the_row(admin)
    assert after == before + 1
    admin.goto(drill_down)
    assert lead.external_id in admin.inner_text("#result_list")


def test_the_live_test_shows_what_is_refused(admin, site, visitor, company, django_db_blocker):
    paste_tag(admin, site)
    admin.goto("/admin/tools/tag/test/?company=tag-ltd")
    visitor.goto(site.url("/"))
    visitor.evaluate("cpTouch.lead({ emial: 'ann@berg-und-tal.de' })")
    visitor.wait_for_timeout(300)
    for _ in range(50):
        follow(admin.locator("text=Look again"))
        if "Refused" in admin.inner_text("#arrivals"):
            break
    shown = admin.inner_text("#arrivals")
    for text in ("A value is missing or wrong", "emial", "There is no such field"):
        assert text in shown
    assert "ann@berg-und-tal.de" not in shown
    with django_db_blocker.unblock(), scope.all_companies():
        assert Refusal.objects.filter(company=company).count() == 1


def test_from_a_page_that_is_not_listed_nothing_gets_in(
    admin, site, browser, company, django_db_blocker
):
    paste_tag(admin, site)
    page = browser.new_context().new_page()
    page.goto(site.url("/", "127.0.0.1"))
    with page.expect_event("requestfailed") as waiting:
        page.evaluate("cpTouch.lead({ email: 'foreign@example.org' })")
    assert waiting.value.url.endswith("/api/v1/collect")
    # It waits, should the site be put on the list within a week.
    assert "foreign@example.org" in page.evaluate("localStorage.cp_queue")
    with django_db_blocker.unblock(), scope.all_companies():
        assert not Lead.objects.filter(email="foreign@example.org").exists()
    page.context.close()


@pytest.fixture(scope="module")
def arrived(company, django_db_blocker) -> str:
    """The address of a live test in which long values and a refusal have arrived."""
    now = datetime.now(UTC)
    with django_db_blocker.unblock(), scope.all_companies():
        make_lead(
            company,
            "x" * 200,
            external_id="web-" + "9" * 100,
            received_at=now,
            utm_source="a-source-with-a-long-name-" * 4,
            click_ids={"gclid": "AbC" * 60},
            landing_page="https://www.example.com/" + quote("ü" * 200),
            referrer="https://www.example.org/" + "r" * 300,
            email="somebody-with-a-long-address@a-long-host-name.example.org",
            is_hot=True,
        )
        Refusal.objects.create(
            company=company, came_by="snippet", what="lead", why="too_long", field="touches.3.utm",
            detail="It has 700 characters; 500 can be stored. " * 5, arrived_at=now,
        )  # fmt: skip
    since = int(now.timestamp() * 1000) - 1000
    return f"/admin/tools/tag/test/?company=tag-ltd&since={since}"


@pytest.fixture
def open_as_admin(open_page, cookies, company, server, django_db_blocker):
    with django_db_blocker.unblock():
        cookies[WHO] = session_cookie(WHO, server)
    return lambda path, **more: open_page(path, user=WHO, **more)


@pytest.mark.parametrize("page", ["tag", "arrived"])
def test_pages_with_much_on_them_are_accessible_and_keep_to_the_policy(
    open_as_admin, arrived, page
):
    seen = open_as_admin(arrived if page == "arrived" else PAGE)
    seen.page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    assert_accessible(seen)
    seen.page.set_viewport_size({"width": 320, "height": 900})
    assert seen.page_scroll() <= 0


def test_the_live_test_works_without_scripts(open_as_admin, arrived):
    page = open_as_admin(arrived, javascript=False).page
    assert "Refused" in page.inner_text("#arrivals")
    assert not page.is_visible("#looking")
    page.click("text=Look again")
    assert "Refused" in page.inner_text("#arrivals")
