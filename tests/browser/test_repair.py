"""The repair queue of a demo company, emptied by a person with nothing but links and forms."""

import re
from dataclasses import dataclass, replace

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Locator, Page

from attribution import scope
from attribution.models import Company, Lead, Membership
from attribution.repair.check import check
from attribution.roles import Role
from reports.demo.dental import DENTAL
from reports.demo.load import load_company
from reports.demo.plans import CampaignPlan
from reports.rollup.refresh import refresh
from tests.browser.conftest import NARROW, OVERVIEW, WIDE, follow, session_cookie

WHO = "repairer"
TYPO, EVENT, TWIN, SEARCH = "implant-serach", "checkup spring", "check-up_spring", "google / cpc"
WITHOUT_A_NAME = ("No UTM values (direct)", "Referrer only", "Click id only")
EMPTY = "Nothing to repair: every lead has a campaign, or a person has said why not."


def unknown(key: str) -> CampaignPlan:
    """Links with a name that nobody has entered; of so much weight that on no day of the year the
    demo has no lead of it.
    """
    mail = {"channel": "email", "source": "newsletter", "medium": "email"}
    return CampaignPlan(name="", key=key, known=False, weight=8, started=80, **mail)


PLAN = replace(
    DENTAL,
    slug="queue-dental",
    name="Queue Dental",
    campaigns=(
        *(campaign for campaign in DENTAL.campaigns if campaign.known),
        *map(unknown, (TYPO, EVENT, TWIN)),
    ),
)


@pytest.fixture(scope="module")
def company(server, django_db_blocker) -> Company:
    """One of its own with a person of its own: no other test sees what is changed here."""
    with django_db_blocker.unblock(), scope.all_companies():
        made = load_company(PLAN, None, 0.05, None, lambda line: None)
        refresh(made.pk)
        person = User.objects.create_user(WHO, is_staff=True)
        Membership.objects.create(company=made, user=person, role=Role.UTM_ADMIN)
        return made


@dataclass
class Person:
    """Somebody at a browser without scripts."""

    page: Page
    company: Company

    def open_queue(self) -> None:
        """From the home page, as one of what needs attention."""
        self.page.goto("/admin/")
        follow(self.page.locator(".cp-attention").get_by_role("link", name="Repair UTM"))

    def follow(self, link: str) -> None:
        follow(self.page.locator(".cp-repairs").get_by_role("link", name=link))

    def groups(self) -> set[str]:
        ticks = self.page.locator(".cp-pick label").all_inner_texts()
        return {text.strip().removeprefix("Repair “").removesuffix("”") for text in ticks}

    def choose(self, group: str, what: str, campaign: str | None = None) -> None:
        self.page.get_by_label(f"Repair “{group}”", exact=True).check()
        decision = self.page.get_by_label(f"What to do with “{group}”", exact=True)
        decision.select_option(label=what)
        if campaign is not None:
            self.page.get_by_label(f"Campaign for “{group}”", exact=True).fill(campaign)

    def confirm(self, why: str) -> int:
        """See what is chosen, and do it: the leads that moved."""
        self.page.get_by_label("Why are you doing this?").fill(why)
        follow(self.page.get_by_role("button", name="Preview the chosen repairs"))
        return self._as_previewed("Confirm", "moved")

    def undo(self, address: str) -> int:
        self.page.goto(address)
        self.page.get_by_label("Why are you undoing it?").fill("it was two events after all")
        follow(self.page.get_by_role("button", name="Preview the undoing"))
        return self._as_previewed("Undo", "undone")

    def _as_previewed(self, button: str, done: str) -> int:
        promised = flows(self.page.locator("section[aria-labelledby=moves]"))
        confirm = self.page.locator(".cp-confirm button")
        text = confirm.inner_text()
        assert text.startswith(f"{button}: ")
        assert number_in(text) == sum(promised.values())
        follow(confirm)
        assert flows(self.page.locator(f"section[aria-labelledby={done}]")) == promised
        return sum(promised.values())

    def unattributed(self) -> tuple[int, int]:
        """Leads without a campaign, and all that count, as the report of all days says."""
        days = [lead.day.isoformat() for lead in leads_of(self.company)]
        self.page.goto(f"{OVERVIEW}?from={min(days)}&to={max(days)}")
        assert self.page.locator(".cp-proof-holds").is_visible()
        without = self.page.locator(".cp-table .cp-sum tr", has_text="Unattributed")
        total = self.page.locator(".cp-table .cp-total tr")
        first = (row.locator("td").first.inner_text() for row in (without, total))
        without, counted = map(number_in, first)
        return without, counted


def flows(section: Locator) -> dict[str, int]:
    """From where to where, and how many leads, those that do not count as well."""
    found = {}
    for row in section.locator("tbody tr").all():
        way = row.locator("th").inner_text()
        for said_before_only in (" (discovered)", "Unattributed: "):
            way = way.replace(said_before_only, "")
        cells = row.locator("td[data-label=Leads], td[data-label=Excluded]").all_inner_texts()
        found[way] = sum(map(number_in, cells))
    return found


def number_in(text: str) -> int:
    """In words where it is one, or none."""
    digits = re.sub(r"\D", "", text)
    return int(digits) if digits else int("one lead" in text)


def leads_of(company: Company) -> list[Lead]:
    with scope.all_companies():
        return list(Lead.objects.filter(company=company).select_related("reading"))


def by_hand(company: Company) -> tuple[int, int]:
    """Leads without a campaign, and all that count, one by one from their table."""
    without = counted = 0
    for lead in leads_of(company):
        if lead.kind == "primary":
            counted += 1
            without += lead.campaign_id is None
    return without, counted


def named(company: Company, key: str) -> int:
    return sum(lead.reading.campaign_key == key for lead in leads_of(company))


@pytest.fixture
def person(browser, server, company, django_db_blocker):
    """No transaction of the test's own: the server shares the connection."""
    context = browser.new_context(
        viewport={"width": WIDE, "height": 900}, java_script_enabled=False, base_url=server
    )
    with django_db_blocker.unblock():
        context.add_cookies([session_cookie(WHO, server)])
        yield Person(context.new_page(), company)
    context.close()


def test_the_queue_is_emptied_and_a_repair_is_undone_without_javascript(person):
    company, page = person.company, person.page
    before = by_hand(company)
    assert person.unattributed() == before

    person.open_queue()
    assert person.groups() > {TYPO, EVENT, TWIN, SEARCH, *WITHOUT_A_NAME}
    person.choose(TYPO, "Assign to")  # the campaign is proposed, and that it be a rule
    assert person.confirm("a slip of the pen") == named(company, TYPO)
    assert "Rule: " in page.locator("section[aria-labelledby=decided]").inner_text()

    person.follow("Repair queue")
    broken = {name for name in person.groups() if name[0] in "{$%[_"}
    assert broken
    assert TYPO not in person.groups()
    for name in broken:
        person.choose(name, "Leave unattributed")
    person.choose(EVENT, "Make it a campaign", "Spring check-up")
    assert person.confirm("nobody can know what was meant") == 0
    assert person.unattributed() == before

    person.open_queue()
    assert not person.groups() & {EVENT, *broken}
    person.choose(TWIN, "Merge into", EVENT)
    person.choose(SEARCH, "Assign to", "brand search")
    moved = person.confirm("one event; all our search ads are for the brand")
    assert moved > named(company, TWIN)
    merged = page.url
    assert person.unattributed() == by_hand(company) < before

    person.open_queue()
    for name in person.groups():
        person.choose(name, "Leave unattributed")
    assert person.confirm("people who came by themselves") == 0
    person.follow("Repair queue")
    assert page.get_by_text(EMPTY).is_visible()
    assert person.unattributed() == by_hand(company)

    assert person.undo(merged) == moved
    assert person.unattributed() == by_hand(company) == before
    page.set_viewport_size({"width": NARROW, "height": 800})
    person.open_queue()
    assert person.groups() == {TWIN, SEARCH}
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
    person.choose(TWIN, "Merge into", EVENT)
    assert person.confirm("on the way home") == named(company, TWIN)
    person.follow("Repair queue")
    assert person.groups() == {SEARCH}
    with scope.all_companies():
        assert check(company) == []
