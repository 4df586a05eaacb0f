"""The website tag in a real browser: what it remembers, what it fills in, what it sends."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.browser.site import PERSON, running
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.django_db
ADS = "/?UTM_Source=Google&utm_medium=cpc&Utm_Campaign=Spring%20Sale&gclid=AbC-1"
DAY = timedelta(days=1)
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
BROKEN = """
for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });
}
"""
FULL = """
Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
Object.defineProperty(window, "localStorage", { value: null });
"""
NOT_TRACKED = 'Object.defineProperty(navigator, "doNotTrack", { get: () => "1" });'
OPTED_OUT = 'Object.defineProperty(navigator, "globalPrivacyControl", { get: () => true });'


@pytest.fixture
def site(server):
    with running(server) as site:
        yield site


@pytest.fixture
def visitor(browser, site):
    made = []

    def visit(script: str = "", **options) -> Visitor:
        made.append(Visitor(browser, site, script, **options))
        return made[-1]

    yield visit
    for one in made:
        assert not [text for text in one.console if "Content Security Policy" in text]
        one.context.close()


def test_what_led_to_a_page_fills_the_form_a_day_later(visitor):
    """In any case of letters, under a policy that lets nothing in but our script."""
    one = visitor()
    one.at(START)
    one.go(ADS, referer="https://www.google.com/")
    one.at(START + timedelta(minutes=1))
    one.follow("Prices")
    one.at(START + DAY)
    one.go("/prices")
    one.follow("Contact")
    assert one.field("UTM_Source") == "Google"
    assert one.field("utm_medium") == "cpc"
    assert one.field("utm_campaign") == "Spring Sale"
    assert one.field("utm_term") == ""
    assert one.field("gclid") == "AbC-1"
    assert one.field("referrer") == "https://www.google.com/"
    assert one.field("landing_page") == one.site.url(ADS)
    touches = json.loads(one.field("cp_touches"))
    assert len(touches) == 2
    assert touches[0]["at"] == "2026-03-02T09:00:00.000Z"
    assert touches[0]["click_ids"] == {"gclid": "AbC-1"}
    assert touches[1] == {
        "at": "2026-03-03T09:00:00.000Z",
        "landing_page": one.site.url("/prices"),
        "referrer": "",
    }
    assert one.console == []


def test_a_later_organic_visit_takes_no_campaign_away(visitor):
    one = visitor()
    one.at(START)
    one.go(ADS)
    one.at(START + DAY)
    one.go("/prices", referer="https://duckduckgo.com/")
    one.at(START + 2 * DAY)
    one.go("/contact?utm_medium=%20", referer="https://www.bing.com/")
    assert one.field("utm_campaign") == "Spring Sale"
    assert one.field("referrer") == ""
    assert [touch["referrer"] for touch in one.touches()] == [
        "",
        "https://duckduckgo.com/",
        "https://www.bing.com/",
    ]
    one.at(START + 3 * DAY)
    one.go("/contact?utm_source=mail&utm_campaign=may")
    assert one.field("utm_campaign") == "may"
    assert one.field("gclid") == ""  # nothing of the former campaign is mixed in


def test_a_page_seen_again_is_no_new_visit_and_old_ones_are_forgotten(visitor):
    one = visitor()
    one.site.attributes = 'data-days="10"'
    one.at(START)
    one.go(ADS, referer="https://www.google.com/")
    one.page.reload()
    one.follow("Contact")
    one.page.go_back()
    assert len(one.touches()) == 1
    one.at(START + DAY)
    one.go(ADS)
    assert len(one.touches()) == 2
    one.at(START + 10 * DAY + timedelta(minutes=1))
    one.go("/contact")
    assert len(one.touches()) == 2  # one has gone, the visit of today has come
    one.at(START + 30 * DAY)
    one.go("/contact")
    assert one.field("utm_campaign") == ""


@pytest.mark.parametrize(
    ("address", "source", "campaign", "term"),
    [
        ("/contact#utm_source=x&utm_campaign=after-hash", "x", "after-hash", ""),
        ("/contact?a=1#/route?UTM_CAMPAIGN=routed", "", "routed", ""),
        ("/contact#!/utm_campaign=banged", "", "banged", ""),
        ("/contact?utm_campaign=%%CAMPAIGN%%", "", "%%CAMPAIGN%%", ""),
        ("/contact?mtm_campaign=M&mtm_source=Matomo&mtm_kwd=shoes", "Matomo", "M", "shoes"),
        ("/contact?PK_Campaign=P&pk_keyword=boots", "", "P", "boots"),
        ("/contact?a=1?utm_campaign=b&amp;utm_source=c", "c", "b", ""),
        ("/contact?utm_campaign=&utm_campaign=%C3%9C+1", "", "Ü 1", ""),
        ("/contact?utm_campaign=%ff%zz", "", "�%zz", ""),
    ],
)
def test_values_are_read_however_they_are_written(visitor, address, source, campaign, term):
    one = visitor()
    one.go(address)
    assert (one.field("UTM_Source"), one.field("utm_campaign")) == (source, campaign)
    assert one.field("utm_term") == term


@pytest.mark.parametrize("script", [BROKEN, FULL])
def test_broken_storage_breaks_nothing(visitor, script):
    """What cannot be stored is known for the page at least, and forms are sent as ever."""
    one = visitor(script)
    one.site.form = one.site.form.replace("data-cp>", 'data-cp data-cp-send><input name="email">')
    one.go("/contact" + ADS[1:])
    assert one.field("utm_campaign") == "Spring Sale"
    one.page.fill("[name=email]", "ann@example.org")
    with one.page.expect_navigation():
        one.page.click("text=Send")
    assert one.sent[0]["utm_campaign"] == "Spring Sale"
    assert one.console == []


def test_two_tabs_lose_no_visit(visitor):
    one = visitor()
    one.at(START)
    one.go(ADS)
    other = one.context.new_page()
    other.goto(one.site.url("/?utm_campaign=second"))
    # As when a third tab has read before and written after them.
    alone = [{"at": "2026-03-02T08:59:00.000Z", "landing_page": "x", "referrer": ""}]
    third = one.context.new_page()
    third.goto(one.site.url("/frozen"))
    third.evaluate("(text) => { localStorage.cp_touches = text; }", json.dumps(alone))
    one.until("JSON.parse(localStorage.cp_touches).length === 3")
    one.go("/contact")
    assert [touch.get("utm_campaign") for touch in one.touches()] == [None, "Spring Sale", "second"]
    assert one.field("utm_campaign") == "second"


def test_the_first_the_latest_and_the_one_that_counts_are_kept(visitor):
    one = visitor()
    one.at(START)
    one.go("/contact?utm_source=first")
    one.page.evaluate(
        """for (let n = 0; n < 30; n += 1) {
          history.pushState({}, "", `/contact?utm_campaign=n${n}`);
        }"""
    )
    kept = [touch.get("utm_campaign") for touch in one.touches()]
    assert kept == [None, *(f"n{number}" for number in range(11, 30))]
    organic = [
        {
            "at": f"2026-03-02T10:00:{n:02}.000Z",
            "landing_page": "x",
            "referrer": "https://x.example/",
        }
        for n in range(30)
    ]
    one.at(START + DAY)
    one.page.evaluate(
        "(more) => { const all = JSON.parse(localStorage.cp_touches).concat(more);"
        " localStorage.cp_touches = JSON.stringify(all); }",
        organic,
    )
    one.go("/contact")
    kept = [touch.get("utm_campaign") for touch in one.touches()]
    assert (len(kept), kept[0], kept[1], kept[2:]) == (20, None, "n29", [None] * 18)
    assert one.field("utm_campaign") == "n29"


@pytest.mark.parametrize(
    "text", ["", "5", "x", "{}", '[null, 1, "x", {"at": 5}, {"a": 1}]', "[[]]"]
)
def test_nonsense_in_the_storage_is_passed_over(visitor, text):
    one = visitor()
    one.go("/")
    one.page.evaluate(
        "(text) => { for (const name of ['cp_touches', 'cp_seen', 'cp_queue'])"
        " { localStorage[name] = text; sessionStorage[name] = text; } }",
        text,
    )
    one.go("/contact" + ADS[1:])
    assert one.field("utm_campaign") == "Spring Sale"
    one.page.evaluate("cpTouch.lead({ email: 'ann@example.org' })")
    one.until("!localStorage.cp_queue.includes('ann@')")
    assert {sent["email"] for sent in one.sent} == {"ann@example.org"}


def test_subdomains_share_what_they_know(visitor):
    one = visitor()
    one.site.attributes = 'data-domain=".site.localhost"'
    one.at(START)
    one.go(ADS + "&long=" + "x" * 1000, host="www.site.localhost", referer="https://t.co/a?b")
    one.page.evaluate(f"location.href = '{one.site.url('/contact', 'app.site.localhost')}'")
    one.page.wait_for_url("**/contact")
    assert one.field("utm_campaign") == "Spring Sale"
    assert one.field("gclid") == "AbC-1"
    assert one.field("landing_page") == one.site.url("/")
    assert len(one.touches()) == 1  # the way from one to the other is no visit
    for number in range(12):
        one.at(START + (number + 1) * DAY)
        values = f"utm_campaign=n{number}&utm_content={'x' * 250}"
        one.go(f"/contact?{values}", host="app.site.localhost")
    one.go("/contact", host="www.site.localhost")
    names = [touch.get("utm_campaign") for touch in one.touches()]
    assert (names[0], names[-1]) == ("Spring Sale", "n11")
    assert 5 < len(names) < 13
    assert len(one.page.evaluate("document.cookie")) < 4000


def test_hosts_of_ones_own_are_no_referrers(visitor):
    one = visitor()
    one.site.attributes = 'data-own="pay.localhost"'
    one.go(ADS)
    for own in ("http://www.site.localhost/", "http://site.localhost/", "http://pay.localhost/"):
        one.go("/contact", referer=own)
    assert len(one.touches()) == 1
    one.go("/contact", referer="http://notsite.localhost/")
    assert len(one.touches()) == 2


def test_an_application_of_one_page_is_watched(visitor):
    one = visitor()
    one.at(START)
    one.go("/contact", referer="https://www.google.com/")
    one.page.evaluate('history.pushState({}, "", "/contact?utm_campaign=pushed")')
    assert one.field("utm_campaign") == "pushed"
    one.page.evaluate('history.replaceState({}, "", "/contact?utm_campaign=pushed&step=2")')
    one.page.evaluate('location.hash = "step3"')
    one.page.evaluate('history.pushState({}, "", "/contact")')
    assert [touch.get("utm_campaign") for touch in one.touches()] == [None, "pushed"]
    one.page.evaluate('location.hash = "utm_campaign=hashed"')
    one.until("cpTouch.values().utm_campaign === 'hashed'")
    # A form that is put into the page later is filled when it is sent, at the latest.
    one.page.evaluate(
        """document.forms[0].remove(); document.body.insertAdjacentHTML("beforeend",
        '<form data-cp="add" action="/thanks"><button>Go</button></form>')"""
    )
    with one.page.expect_navigation():
        one.page.click("text=Go")
    assert "utm_campaign=hashed" in one.page.url
    assert "cp_touches=" in one.page.url


@pytest.mark.parametrize("script", [NOT_TRACKED, OPTED_OUT])
def test_who_asks_not_to_be_tracked_is_not_remembered(visitor, script):
    one = visitor(script)
    one.go("/contact" + ADS[1:])
    assert one.stored() == []
    assert one.field("utm_campaign") == ""
    one.page.evaluate("cpTouch.consent(true)")
    assert one.stored() == []
    one.site.attributes = 'data-respect-dnt="off"'
    one.page.reload()
    assert one.field("utm_campaign") == "Spring Sale"


def test_nothing_is_stored_before_consent_and_all_is_removed_after_it(visitor):
    one = visitor()
    one.site.attributes = 'data-consent="wait" data-domain="site.localhost"'
    one.go("/contact" + ADS[1:])
    assert (one.stored(), one.touches(), one.field("utm_campaign")) == ([], [], "")
    one.page.evaluate("cpTouch.consent(true)")
    assert one.field("utm_campaign") == "Spring Sale"
    assert "cp_touches" in one.stored()
    one.go("/contact")
    assert one.touches() == []  # on each page anew
    one.page.evaluate("cpTouch.consent(false)")
    assert one.stored() == []
    one.page.evaluate("cpTouch.consent(true)")
    assert one.field("utm_campaign") == ""


def test_a_form_sends_its_lead_by_itself(visitor):
    one = visitor()
    one.site.form = PERSON
    one.at(START)
    one.go(ADS)
    one.go("/contact")
    one.page.click("text=Send")  # what is required is missing: nothing is sent
    one.page.fill("[name=first_name]", "Ann")
    one.page.fill("[name=last-name]", " Berg ")
    one.page.fill("[name=mail]", "ann@example.org")
    one.page.fill("[name=a]", "+49 170 1234567")
    one.page.fill("[name=b]", "Bonn")
    with one.page.expect_navigation():
        one.page.click("text=Send")
    assert len({sent["id"] for sent in one.sent}) == 1
    sent = one.sent[0]
    assert sent.pop("id").startswith("web-")
    assert sent == {
        "key": "cpb_test",
        "received_at": "2026-03-02T09:00:00.000Z",
        "name": "Ann Berg",
        "email": "ann@example.org",
        "phone": "+49 170 1234567",
        "city": "Bonn",
        "utm_source": "Google",
        "utm_medium": "cpc",
        "utm_campaign": "Spring Sale",
        "click_ids": {"gclid": "AbC-1"},
        "referrer": "",
        "landing_page": one.site.url(ADS),
        "touches": sent["touches"],
    }
    assert len(sent["touches"]) == 1
    assert one.page.url.endswith("/thanks")


def test_the_field_for_bots_is_told(visitor):
    one = visitor()
    one.site.form = PERSON
    one.go("/contact")
    one.page.fill("[name=first_name]", "Ann")
    one.page.fill("[name=url]", "buy")
    with one.page.expect_navigation():
        one.page.click("text=Send")
    assert one.sent[0]["honeypot"] == "buy"


def test_a_lead_that_could_not_be_sent_goes_with_the_next_page_under_the_same_id(visitor):
    one = visitor()
    one.site.form = PERSON
    one.answers = [0, 503, 403]
    one.go("/contact" + ADS[1:])
    one.page.fill("[name=first_name]", "Ann")
    with one.page.expect_navigation():
        one.page.click("text=Send")
    waiting = json.loads(one.page.evaluate("localStorage.cp_queue"))
    for path in ("/prices", "/", "/prices", "/"):
        one.go(path, wait_until="networkidle")
    assert {sent["id"] for sent in one.sent} == {waiting[0]["id"]}
    assert one.sent[-1]["utm_campaign"] == "Spring Sale"
    assert one.answers == []
    assert one.page.evaluate("localStorage.cp_queue") == "[]"
    number = len(one.sent)
    one.go("/prices", wait_until="networkidle")
    assert len(one.sent) == number


def test_own_code_sends_a_lead_and_pressing_twice_makes_no_second(visitor):
    one = visitor()
    one.site.form = PERSON.replace("action", "onsubmit-is-ours").replace("required", "")
    one.go("/contact" + ADS[1:])
    one.page.evaluate("addEventListener('submit', (event) => event.preventDefault())")
    one.page.fill("[name=mail]", "ann@example.org")
    one.page.click("text=Send")
    one.page.click("text=Send")
    name = one.page.evaluate("cpTouch.lead({ id: 'A-1', email: 'own@example.org', utm_term: 't' })")
    one.until("localStorage.cp_queue === '[]'")
    assert name == "A-1"
    assert [sent["email"] for sent in one.sent] == ["ann@example.org", "own@example.org"]
    assert (one.sent[1]["utm_campaign"], one.sent[1]["utm_term"]) == ("Spring Sale", "t")


def test_where_no_answer_can_be_awaited_a_beacon_is_sent_too(visitor):
    one = visitor("delete Request.prototype.keepalive;")
    one.go("/")
    one.page.evaluate("cpTouch.lead({ email: 'ann@example.org' })")
    one.until("localStorage.cp_queue === '[]'")
    assert len({sent["id"] for sent in one.sent}) == 1


def test_without_a_key_nothing_is_sent(visitor):
    one = visitor()
    one.site.key = ""
    one.go("/")
    one.page.evaluate("cpTouch.lead({ email: 'ann@example.org' })")
    one.go("/prices", wait_until="networkidle")
    assert one.sent == []
