"""A digest: when it is due, what is in it, on whose behalf, and that it is one."""

import smtplib
from datetime import UTC, datetime, timedelta
from email.utils import make_msgid
from io import StringIO

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.utils import timezone

from attribution import scope
from attribution.models import Membership
from reports.models import Delivery
from reports.plainly import told, view_for
from reports.sending import delivering, digests, slack
from reports.sending.mail import as_html, as_text
from reports.sending.rounds import send_due
from tests.factories import make_booking, make_campaign, make_company, make_lead, make_user
from tests.reports.march import ADDRESS
from tests.reports.sending.conftest import STATE, subscribe

EIGHT = datetime(2026, 6, 8, 6, 0, tzinfo=UTC)  # eight o'clock in Berlin
State = Delivery.State


def states(**of):
    return list(Delivery.objects.filter(**of).order_by("due_at").values_list("key", "state"))


def test_it_comes_when_it_is_due_and_once(march, digest, clock):
    clock.move_to(EIGHT - timedelta(minutes=1))
    assert send_due(march) == 0
    assert mail.outbox == []
    clock.move_to(EIGHT)
    assert send_due(march) == 1
    assert send_due(march) == 0
    [sent] = mail.outbox
    assert sent.to == ["olga@example.org"]
    assert sent.subject == f"Monday figures: {march.name}, 1 Mar – 31 Mar 2026"
    assert "8 Jun 2026, 08:00 Europe/Berlin" in sent.body
    assert states() == [("2026-06-08", State.SENT)]
    delivery = Delivery.objects.get()
    assert sent.extra_headers["Message-ID"] == delivery.message_id
    assert (delivery.addressed, delivery.done_at) == (1, EIGHT)


@pytest.mark.on_sqlite
def test_the_tick_sends_it(march, digest, clock):
    clock.move_to(EIGHT)
    call_command("tick", stdout=(said := StringIO()))
    assert "Digests and alerts sent: 1" in said.getvalue()
    assert len(mail.outbox) == 1


def test_after_a_month_without_a_scheduler_there_is_one(march, digest, clock):
    clock.move_to(EIGHT + timedelta(days=33))
    assert send_due(march) == 1
    assert len(mail.outbox) == 1
    assert states() == [("2026-07-06", State.SENT)]


def test_one_that_could_not_be_sent_gives_way_to_the_next(march, digest, clock, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = ""
    clock.move_to(EIGHT)
    assert send_due(march) == 0
    [delivery] = Delivery.objects.all()
    assert delivery.state == State.DUE
    assert "EMAIL_HOST" in delivery.error
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    clock.move_to(EIGHT + timedelta(days=7))
    assert send_due(march) == 1
    assert states() == [("2026-06-08", State.SKIPPED), ("2026-06-15", State.SENT)]


def test_text_and_html_hold_the_figures_of_the_page(march, view, client):
    client.force_login(view.owner)
    page = client.get(f"{ADDRESS}?{STATE}&company={march.slug}").content.decode()
    content = told(view_for(view.owner, march, STATE), view.name)
    text, html = as_text(content, "https://campaigns.example.org/x"), as_html(content, "")
    shown = [card.value for card in content.cards]
    shown += [cell.text for line in [*content.ranked, *content.sums] for cell in line.cells]
    assert len(set(shown)) > 12
    for figure in (*shown, *content.proof):
        assert figure.replace("\u00a0", " ") in page.replace("\u00a0", " ").replace("&nbsp;", " ")
        assert figure in text
        assert figure in html
    assert [line.label for line in content.ranked] == ["Spring", "Brand"]
    assert "Not ranked: 2 rows with fewer than 3 leads" in text
    assert "Tiny" not in text
    assert "https://campaigns.example.org/x" in text
    assert "src=" not in html


def test_what_still_grows_is_told_at_its_age(march, view, client):
    """Leads of yesterday, while most bookings take ten days."""
    for age, wait in [(40, 10)] * 20 + [(8, 1)] * 5 + [(1, 1)] * 8:
        lead = make_lead(march, "spring", received_at=timezone.now() - timedelta(days=age))
        make_booking(lead, booked_at=lead.received_at + timedelta(days=wait))
    view.state = "period=7d&compare=previous"
    content = told(view_for(view.owner, march, view.state), view.name)
    [booked] = [card for card in content.cards if card.name == "booked"]
    assert booked.change == "▲ 60.0\u00a0% better"
    assert booked.before == "from 5 at the same age"
    client.force_login(view.owner)
    page = client.get(f"{ADDRESS}?{view.state}&company={march.slug}").content.decode()
    for shown in (page, as_text(content, ""), as_html(content, "")):
        assert booked.change in shown
        assert booked.before in shown


def test_ten_rows_are_shown_and_the_others_are_counted(march, view):
    march.thin_below = 1
    march.save()
    for number in range(12):
        make_campaign(march, f"more-{number}")
        make_lead(march, f"more-{number}")
    content = told(view_for(view.owner, march, STATE), view.name)
    text = as_text(content, "")
    assert len(content.ranked) == 15
    assert "and 5 more in the ranking" in text
    assert sum(f"{line.label}  " in text for line in content.ranked) == 10


def test_what_rows_are_split_into_stays_in_the_report(march, view):
    content = told(view_for(view.owner, march, f"{STATE}&then=source"), view.name)
    text = as_text(content, "")
    assert [line.label for line in content.ranked] == ["Spring", "Brand"]
    assert "google" in [line.label for group in content.groups for line in group.lines]
    assert "google" not in text
    assert "What the rows are split into is in the report" in text


HOSTILE = "<!channel> <script>alert(1)</script> `x` & Co"


def test_names_of_others_are_never_markup(march, view):
    make_campaign(march, "evil", name=HOSTILE)
    for _ in range(5):
        make_lead(march, "evil")
    view.name = "<b>\r\nBcc: x@example.org"
    content = told(view_for(view.owner, march, STATE), view.name)
    html = as_html(content, "")
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    message = slack.payload(content, "https://campaigns.example.org/x")
    said = "".join(block["text"]["text"] for block in message["blocks"][1:])
    assert "<!channel>" not in said
    assert "&lt;!channel&gt;" in said
    assert said.count("```") % 2 == 0
    assert all(len(block["text"]["text"]) <= 3000 for block in message["blocks"])
    assert not {"\r", "\n"} & set(message["blocks"][0]["text"]["text"])
    way = digests.way_of(content, view, ["a@example.org"], "", make_msgid())
    assert "\n" not in way.message.subject
    assert way.message.message()["Bcc"] is None


def no_member(march, view, digest):
    Membership.objects.filter(user=view.owner).delete()


def inactive(march, view, digest):
    view.owner.is_active = False
    view.owner.save()


def taken_away(march, view, digest):
    view.owner = make_user(march)
    view.save()


def deleted(march, view, digest):
    view.delete()


def owner_gone(march, view, digest):
    view.owner = None
    view.save()
    digest.owner.delete()


@pytest.mark.parametrize("lost", [no_member, inactive, taken_away, deleted, owner_gone])
def test_without_the_right_nothing_is_sent_and_the_list_says_why(march, view, digest, clock, lost):
    colleague = make_user(march, email="colleague@example.org")
    digest.recipients = [colleague.pk]
    digest.save()
    digests.plan(march, EIGHT)  # due already when the right goes
    lost(march, view, digest)
    clock.move_to(EIGHT)
    assert send_due(march) == 0
    assert mail.outbox == []
    digest.refresh_from_db()
    assert not digest.active
    assert digest.paused_because
    assert states() == [("2026-06-08", State.SKIPPED)]
    clock.move_to(EIGHT + timedelta(days=7))
    assert send_due(march) == 0


def test_who_left_the_company_gets_no_more(march, view, clock):
    stays = make_user(march, email="stays@example.org")
    leaves = make_user(march, email="leaves@example.org")
    digest = subscribe(view, stays, leaves)
    Membership.objects.filter(user=leaves).delete()
    clock.move_to(EIGHT)
    assert send_due(march) == 1
    assert mail.outbox[0].to == ["stays@example.org"]
    Membership.objects.filter(user=stays).delete()
    clock.move_to(EIGHT + timedelta(days=7))
    assert send_due(march) == 0
    digest.refresh_from_db()
    assert "Nobody of its recipients" in digest.paused_because


def test_of_another_company_nothing_is_sent(march, digest, clock):
    with scope.all_companies():
        other = make_company()
    clock.move_to(EIGHT)
    assert send_due(other) == 0
    assert mail.outbox == []


class Fails(EmailBackend):
    """Raises what it is told to raise, when the message is handed over."""

    error: Exception

    def send_messages(self, messages):
        raise self.error


def fails(monkeypatch, error):
    monkeypatch.setattr(Fails, "error", error, raising=False)
    monkeypatch.setattr(
        "reports.sending.transport.get_connection", lambda **more: Fails(fail_silently=False)
    )


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (smtplib.SMTPDataError(554, b"spam"), State.FAILED),
        (smtplib.SMTPDataError(451, b"later"), State.DUE),
        (smtplib.SMTPServerDisconnected(), State.UNSURE),
        (TimeoutError(), State.UNSURE),
    ],
)
def test_a_clear_no_is_told_from_a_silence(march, digest, clock, monkeypatch, error, state):
    clock.move_to(EIGHT)
    fails(monkeypatch, error)
    assert send_due(march) == 0
    delivery = Delivery.objects.get()
    assert (delivery.state, bool(delivery.error)) == (state, True)
    monkeypatch.undo()
    assert send_due(march) == 0  # a silence is never broken by itself; a no is not asked at once
    clock.move_to(EIGHT + timedelta(minutes=2))
    assert send_due(march) == (state == State.DUE)


def test_what_may_have_been_sent_goes_out_again_under_its_name_when_a_person_says_so(
    march, digest, clock, monkeypatch
):
    clock.move_to(EIGHT)
    fails(monkeypatch, TimeoutError())
    send_due(march)
    monkeypatch.undo()
    delivery = Delivery.objects.get()
    assert delivering.send_again(delivery)
    assert not delivering.send_again(delivery)
    assert send_due(march) == 1
    assert mail.outbox[0].extra_headers["Message-ID"] == delivery.message_id


def test_a_slow_sender_that_was_given_up_sends_nothing(march, digest, clock, monkeypatch):
    """Another one has taken its place while it counted: only the later one sends."""
    clock.move_to(EIGHT)
    digests.plan(march, timezone.now())
    delivery = Delivery.objects.get()

    def slow(row):
        clock.shift(delivering.LEASE + timedelta(seconds=1))
        assert send_due(march) == 1
        return digests.ready(row)

    assert not delivering.deliver(delivery, slow)
    assert len(mail.outbox) == 1
    assert states() == [("2026-06-08", State.SENT)]
