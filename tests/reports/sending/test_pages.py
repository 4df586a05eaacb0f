"""Digests and alerts in the admin: made, tried, taken over, looked after."""

import html
import re

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from attribution import scope
from attribution.webhooks import sealing
from reports.models import Alert, Delivery, SavedView, Subscription
from reports.sending import transport
from tests.factories import make_company, make_user
from tests.reports.sending.conftest import STATE, subscribe

DIGESTS, ALERTS = "/admin/reports/subscription/", "/admin/reports/alert/"
SECRET = "https://hooks.slack.com/services/T0/B0/zq7secret"
WEEKLY = {"every": "week", "weekday": 0, "day": 1, "hour": 8, "slack": ""}


@pytest.fixture
def person(owner, client):
    client.force_login(owner)
    return owner


def text_of(answer):
    shown = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return html.unescape(re.sub(r"\s+", " ", shown)).replace("\u00a0", " ")


def add(client, view, **values):
    people = view.owner.email if view.owner else ""
    given = WEEKLY | {"view": view.pk, "channel": "mail", "people": people}
    return client.post(f"{DIGESTS}add/", given | values)


def test_a_digest_is_made_and_told_when_it_comes(client, person, march, view):
    colleague = make_user(march, email="Colleague@example.org")
    people = f"{person.email}\ncolleague@example.org"
    assert add(client, view, people=people, hour=7).status_code == 302
    made = Subscription.objects.get()
    assert (made.company, made.owner, made.hour) == (march, person, 7)
    assert made.recipients == sorted([person.pk, colleague.pk])
    listed = text_of(client.get(DIGESTS))
    assert "next: 8 Jun 2026, 07:00 Europe/Berlin" in listed
    assert "Monday, 07:00" in listed
    assert "mail, 2" in listed


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"people": "who@example.net"}, "who@example.net is nobody of"),
        ({"people": " "}, "Name somebody who gets it"),
        ({"channel": "slack"}, "the message has nowhere to go"),
        ({"every": "month", "day": 31}, "less than or equal to 28"),
        ({"hour": 24}, "less than or equal to 23"),
        ({"channel": "slack", "slack": "http://hooks.slack.com/services/x"}, "incoming webhook"),
        ({"channel": "slack", "slack": "https://127.0.0.1/services/x"}, "incoming webhook"),
        ({"channel": "slack", "slack": "https://hooks.slack.com.example.org/x"}, "webhook"),
        ({"channel": "slack", "slack": "https://u:p@hooks.slack.com/services/x"}, "webhook"),
        ({"channel": "slack", "slack": "https://hooks.slack.com:8443/services/x"}, "webhook"),
        ({"channel": "slack", "slack": "https://hooks.slack.com/"}, "is not whole"),
        ({"channel": "slack", "slack": "https://[::1"}, "incoming webhook"),
    ],
)
def test_what_cannot_be_sent_is_refused_in_words(client, person, view, values, said):
    answer = add(client, view, **values)
    assert answer.status_code == 200
    assert said in text_of(answer)
    assert not Subscription.objects.exists()


def test_views_and_people_of_others_are_not_on_offer(client, person, march, view):
    with scope.all_companies():
        other = make_company()
        stranger = make_user(other, email="stranger@example.org")
        theirs = SavedView.objects.create(company=other, name="Zq7theirs", state="")
    colleagues = make_user(march)
    own = SavedView.objects.create(company=march, name="Zq7own", state="", owner=colleagues)
    page = client.get(f"{DIGESTS}add/").content.decode()
    assert "Monday figures" in page
    assert "Zq7" not in page
    for one in (theirs, own):
        assert "Select a valid choice" in text_of(add(client, one, people=person.email))
    assert "is nobody of" in text_of(add(client, view, people=stranger.email))
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("role", ["viewer", "utm_admin"])
def test_who_may_not_send_sees_none_of_it(client, march, view, role):
    digest = subscribe(view)
    client.force_login(make_user(march, role))
    for address in (DIGESTS, f"{DIGESTS}{digest.pk}/change/", f"{DIGESTS}{digest.pk}/send/"):
        assert client.get(address).status_code in (403, 404)
    assert client.post(f"{DIGESTS}{digest.pk}/send/").status_code in (403, 404)
    assert mail.outbox == []


def test_whoever_saves_it_takes_it_over_and_starts_it_again(client, march, view, digest):
    view.owner = None
    view.save()
    digest.pause("because")
    admin = make_user(march, "company_admin", email="admin@example.org")
    client.force_login(admin)
    assert "paused: because" in text_of(client.get(DIGESTS))
    change = f"{DIGESTS}{digest.pk}/change/"
    given = WEEKLY | {"view": view.pk, "channel": "mail", "people": admin.email, "active": "on"}
    assert client.post(change, given).status_code == 302
    digest.refresh_from_db()
    assert (digest.owner, digest.active, digest.paused_because) == (admin, True, "")
    assert digest.since == timezone.now()


def test_the_address_of_slack_is_sealed_and_never_shown(client, person, view):
    assert add(client, view, channel="slack", slack=f" {SECRET} ", people="").status_code == 302
    made = Subscription.objects.get()
    assert "zq7secret" not in made.sealed_address
    assert sealing.unseal(made.sealed_address) == SECRET
    for address in (DIGESTS, f"{DIGESTS}{made.pk}/change/", f"{DIGESTS}{made.pk}/history/"):
        assert "zq7secret" not in client.get(address).content.decode()
    given = WEEKLY | {"view": view.pk, "channel": "slack", "people": "", "active": "on"}
    assert client.post(f"{DIGESTS}{made.pk}/change/", given | {"hour": 9}).status_code == 302
    made.refresh_from_db()
    assert (made.hour, sealing.unseal(made.sealed_address)) == (9, SECRET)


def test_it_is_tried_out_and_goes_to_who_asks_alone(client, person, march, view):
    digest = subscribe(view, make_user(march, email="colleague@example.org"))
    page = f"{DIGESTS}{digest.pk}/send/"
    with CaptureQueriesContext(
        connection,
    ) as asked:
        shown = text_of(client.get(page))
    assert len(asked) <= 15
    assert "Total counted" in shown
    assert "6 named" not in shown
    assert mail.outbox == []
    answer = client.post(page, follow=True)
    assert "Sent to olga@example.org." in text_of(answer)
    assert [one.to for one in mail.outbox] == [["olga@example.org"]]
    assert not Delivery.objects.exists()  # what is due comes all the same


def test_without_a_mail_server_the_page_says_so(client, person, digest, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = ""
    page = f"{DIGESTS}{digest.pk}/send/"
    assert "Mail is not set up on this server" in text_of(client.get(page))
    assert "Not sent. Mail is not set up" in text_of(client.post(page, follow=True))


def test_what_may_have_been_sent_has_a_button(client, person, digest):
    row = Delivery.objects.create(
        company=digest.company,
        subscription=digest,
        key="2026-05-25",
        due_at=timezone.now(),
        state=Delivery.State.UNSURE,
        error="It broke off.",
    )
    assert "a message is not known to have arrived" in text_of(client.get(DIGESTS))
    page = f"{DIGESTS}{digest.pk}/send/"
    assert "may have been sent: It broke off." in text_of(client.get(page))
    said = text_of(client.post(page, {"again": row.pk}, follow=True))
    assert "sent again within a minute" in said
    row.refresh_from_db()
    assert row.state == Delivery.State.DUE
    assert "nothing to send again" in text_of(client.post(page, {"again": row.pk}, follow=True))


class Slack:
    """An HTTPS connection that writes down what it is given."""

    taken: list = []
    status = 200

    def __init__(self, host, **more):
        self.host = host

    def connect(self):
        pass

    def request(self, method, path, body, headers):
        self.taken.append((method, self.host, path, body.decode()))

    def getresponse(self):
        return self

    def read(self, most):
        return b"no_service"

    def close(self):
        pass


@pytest.mark.parametrize(("status", "said"), [(200, "Sent to the Slack"), (404, "no_service")])
def test_slack_gets_one_message(client, person, view, monkeypatch, status, said):
    monkeypatch.setattr(Slack, "taken", [])
    monkeypatch.setattr(Slack, "status", status)
    monkeypatch.setattr(transport.http.client, "HTTPSConnection", Slack)
    digest = subscribe(view, channel="slack", sealed_address=sealing.seal(SECRET))
    answer = text_of(client.post(f"{DIGESTS}{digest.pk}/send/", follow=True))
    assert said in answer
    assert "zq7secret" not in answer
    [(method, host, path, body)] = Slack.taken
    assert (method, host, path) == ("POST", "hooks.slack.com", "/services/T0/B0/zq7secret")
    assert "Total counted" in body


def test_an_alert_is_made_and_begun_anew_when_its_question_changes(client, person, view):
    given = {"view": view.pk, "channel": "mail", "people": person.email, "slack": ""}
    rate = {"metric": "booked_rate", "condition": "below", "threshold": "12.5"}
    assert client.post(f"{ALERTS}add/", given | rate).status_code == 302
    made = Alert.objects.get()
    listed = text_of(client.get(ALERTS))
    assert "Booked rate (total) below 12.5 %" in listed
    assert "not known yet" in listed
    Alert.objects.update(state="fired", said="Booked rate is 9.0 %", fired_at=timezone.now())
    change, rate = f"{ALERTS}{made.pk}/change/", rate | {"active": "on"}
    client.post(change, given | rate)
    made.refresh_from_db()
    assert made.state == "fired"
    client.post(change, given | rate | {"threshold": "20"})
    made.refresh_from_db()
    assert (made.state, made.said, made.fired_at) == ("unknown", "", None)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"condition": "below", "threshold": ""}, "Above or below which value?"),
        ({"condition": "unusual", "metric": "spend"}, "known of leads alone"),
        ({"condition": "above", "metric": "password"}, "Select a valid choice"),
    ],
)
def test_an_alert_that_cannot_be_is_refused(client, person, view, values, said):
    given = {"view": view.pk, "channel": "mail", "people": person.email, "slack": ""}
    answer = client.post(f"{ALERTS}add/", given | {"metric": "leads", "threshold": "1"} | values)
    assert said in text_of(answer)
    assert not Alert.objects.exists()


def test_a_view_leads_to_its_digest(client, person, view):
    page = client.get(f"/admin/reports/views/{view.pk}/").content.decode()
    [address] = re.findall(r'href="(/admin/reports/subscription/add/[^"]+)"', page)
    assert f'<option value="{view.pk}" selected' in client.get(address).content.decode()
    client.force_login(make_user(view.company))
    SavedView.objects.update(owner=None, state=STATE)
    page = client.get(f"/admin/reports/views/{view.pk}/").content.decode()
    assert "subscription" not in page
