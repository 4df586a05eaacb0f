"""Repair › Channels: what the form makes of what is sent, what a preview shows, saving and undo."""

import json
import re

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from attribution import scope
from attribution.channels.rules import SHIPPED
from attribution.models import ChannelRules, Lead, OwnHost
from attribution.repair.locking import Busy
from tests.factories import make_booking, make_company, make_lead, make_user

URL = "/admin/repair/channels/"


@pytest.fixture
def ulf(company, client):
    """A UTM admin who is signed in."""
    user = make_user(company, "utm_admin", username="ulf")
    client.force_login(user)
    return user


def fields(page):
    """What a browser would send of the first form, without any button."""
    desk = page.context["desk"]
    data = {
        "basis": desk.basis,
        "channel": [rule.channel for rule in desk.rules],
        "when": [rule.when for rule in desk.rules],
        "on": [str(n) for n, rule in enumerate(desk.rules, 1) if rule.is_on],
        "hosts": desk.hosts,
        "note": desk.note,
    }
    if page.context["effect"]:
        data["shown"] = desk.fingerprint
    return data


def send(client, page, **changes):
    return client.post(URL, fields(page) | changes)


def with_rule(page, channel, when):
    """The form with one more rule on top."""
    data = fields(page)
    number = len(data["channel"])
    return {
        "channel": [channel, *data["channel"]],
        "when": [when, *data["when"]],
        "on": [str(n) for n in range(1, number + 2)],
    }


def channels():
    return list(Lead.objects.order_by("pk").values_list("origin", "channel"))


def test_the_shipped_rules_stand_there_in_their_order(client, ulf, django_assert_max_num_queries):
    with django_assert_max_num_queries(15):
        page = client.get(URL)
    assert page.context["desk"].rules == SHIPPED
    text = page.content.decode()
    assert len(text) < 60_000
    assert text.count('name="when"') == len(SHIPPED)
    assert URL in client.get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize(
    ("role", "sees", "changes"), [("viewer", 403, 403), ("utm_admin", 200, 200)]
)
def test_only_those_who_repair_see_and_change_rules(client, company, role, sees, changes):
    client.force_login(make_user(company, role))
    assert client.get(URL).status_code == sees
    assert client.post(URL, {"preview": "yes"}).status_code == changes
    assert client.get(URL, {"company": "nowhere"}).status_code == (404 if sees == 200 else 403)


def test_rules_are_moved_added_and_removed_in_the_form_alone(client, ulf):
    page = client.get(URL)
    moved = send(client, page, down="1").context["desk"].rules
    assert moved[:3] == (SHIPPED[1], SHIPPED[0], SHIPPED[2])
    moved = send(client, page, up="3").context["desk"].rules
    assert moved[:3] == (SHIPPED[0], SHIPPED[2], SHIPPED[1])
    assert send(client, page, remove="1").context["desk"].rules == SHIPPED[1:]
    added = send(client, page, add="yes").context["desk"].rules
    assert (added[0].channel, added[1:]) == ("", SHIPPED)
    for step in ("0", "99", "x", "-1", "²"):
        assert send(client, page, up=step).context["desk"].rules == SHIPPED
    assert not ChannelRules.objects.exists()


def test_what_cannot_be_read_is_said_beside_its_rule(client, ulf):
    page = client.get(URL)
    answer = send(client, page, preview="yes", **with_rule(page, "", "source == radio"))
    assert answer.context["desk"].problems.keys() == {1}
    assert answer.context["effect"] is None
    assert 'aria-invalid="true"' in answer.content.decode()
    answer = send(client, page, preview="yes", hosts="shop.example\nno host\n")
    assert "No hosts: no host." in answer.content.decode()


def test_a_preview_shows_leads_and_revenue_and_saving_does_what_it_showed(client, ulf, company):
    radio = make_lead(company, "x", utm_source="radio")
    make_booking(radio, "completed", 12_300)
    make_lead(company, referrer="https://www.partner.example/")
    make_lead(company, "y", utm_source="radio", kind="bot")
    page = client.get(URL)
    data = with_rule(page, "Audio", "source is radio") | {"hosts": "www.Partner.example"}
    preview = send(client, page, preview="yes", **data)
    effect = preview.context["effect"]
    lines = {line.channel: (line.before, line.after) for line in effect.lines}
    assert (effect.moved, effect.looked_at, effect.of) == (3, 3, 3)
    assert lines == {
        "Direct": ((0, 0), (1, 0)),
        "Referral": ((1, 0), (0, 0)),
        "Audio": ((0, 0), (1, 12_300)),
        "Unassigned": ((1, 12_300), (0, 0)),
    }
    assert "€123.00" in preview.content.decode()
    assert channels()[0] == ("radio", "Unassigned")

    saved = send(client, preview, save="yes", note="Radio campaign")
    assert saved.status_code == 302
    assert channels() == [("radio", "Audio"), ("(direct)", "Direct"), ("radio", "Audio")]
    version = ChannelRules.objects.get()
    assert (version.note, version.author, len(version.rules)) == ("Radio campaign", ulf, 21)
    assert list(OwnHost.objects.values_list("host", flat=True)) == ["partner.example"]
    assert "Radio campaign" in client.get(URL).content.decode()


def test_nothing_is_saved_that_was_not_shown(client, ulf):
    page = client.get(URL)
    other = with_rule(page, "Audio", "source is radio")
    answer = send(client, page, save="yes", **other)
    assert answer.status_code == 200
    assert answer.context["effect"]
    answer = send(client, answer, save="yes", hosts="other.example")
    assert answer.status_code == 200
    assert not ChannelRules.objects.exists()
    assert not OwnHost.objects.exists()


def test_who_comes_second_or_at_the_wrong_moment_is_told(client, ulf, company, monkeypatch):
    page = client.get(URL)
    preview = send(client, page, preview="yes", **with_rule(page, "Audio", "source is radio"))
    ChannelRules.objects.create(company=company, rules=[])
    answer = send(client, preview, save="yes")
    assert "Somebody has saved other rules meanwhile" in answer.content.decode()
    assert ChannelRules.objects.count() == 1

    def busy(company_id):
        raise Busy("An import is being saved.")

    monkeypatch.setattr("attribution.channels.editing.repairing", busy)
    answer = send(client, preview, save="yes")
    assert "An import is being saved." in answer.content.decode()


def test_going_back_brings_every_lead_back(client, ulf, company):
    make_lead(company, "x", utm_source="radio")
    make_lead(company, referrer="https://www.bing.com/")
    before = list(Lead.objects.order_by("pk").values())
    for when in ("source is radio", "source is bing"):
        page = client.get(URL)
        preview = send(client, page, preview="yes", **with_rule(page, "Audio", when))
        assert send(client, preview, save="yes").status_code == 302
    assert channels() == [("radio", "Audio"), ("bing", "Audio")]
    first = ChannelRules.objects.order_by("pk").first()
    preview = client.post(URL, {"restore": str(first.pk)})
    assert preview.context["effect"].moved == 1
    assert re.match(r"Back to the rules of \d{4}-", preview.context["desk"].note)
    assert send(client, preview, save="yes").status_code == 302
    assert channels() == [("radio", "Audio"), ("bing", "Organic Search")]
    preview = client.post(URL, {"restore": "shipped"})
    assert send(client, preview, save="yes").status_code == 302
    assert list(Lead.objects.order_by("pk").values()) == before
    assert ChannelRules.objects.count() == 4


def test_versions_of_another_company_are_not_there(client, ulf):
    with scope.all_companies():
        foreign = ChannelRules.objects.create(company=make_company(), rules=[])
    for version in (foreign.pk, "0", "x", "9" * 30):
        assert client.post(URL, {"restore": str(version)}).status_code == 404


class TestByCommand:
    def test_a_page_that_would_take_too_long_hands_over_a_file(
        self, client, ulf, company, monkeypatch, tmp_path, capsys
    ):
        monkeypatch.setattr("attribution.channels.pages.MOST_LEADS", 1)
        for __ in range(2):
            make_lead(company, "x", utm_source="radio")
        page = client.get(URL)
        data = with_rule(page, "Audio", "source is radio") | {"hosts": "partner.example"}
        preview = send(client, page, preview="yes", **data)
        answer = send(client, preview, save="yes")
        assert "manage channels --company" in answer.content.decode()
        assert not ChannelRules.objects.exists()

        file = tmp_path / "rules.json"
        file.write_text(answer.context["file"])
        options = ("--company", company.slug, "--save", str(file))
        call_command("channels", *options, "--dry-run")
        assert "2 leads would be placed otherwise" in capsys.readouterr().out
        assert not ChannelRules.objects.exists()
        call_command("channels", *options, "--reason", "Radio")
        assert "2 leads are placed otherwise" in capsys.readouterr().out
        assert channels() == [("radio", "Audio")] * 2
        assert ChannelRules.objects.get().note == "Radio"
        call_command("channels", "--company", company.slug)
        assert json.loads(capsys.readouterr().out) == json.loads(file.read_text())

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("", "not as"),
            ("[]", "not as"),
            ('{"rules": [1], "hosts": []}', "Rule 1 has no channel"),
            ('{"rules": 7, "hosts": []}', "at most"),
            ('{"rules": [{"channel": "Email", "when": "x"}], "hosts": []}', "Rule 1: “x”"),
            ('{"rules": [], "hosts": ["no host"]}', "No hosts"),
        ],
    )
    def test_a_file_that_cannot_be_read_says_why(self, company, tmp_path, text, problem):
        file = tmp_path / "rules.json"
        file.write_text(text)
        with pytest.raises(CommandError, match=problem):
            call_command("channels", "--company", company.slug, "--save", str(file))
        assert not ChannelRules.objects.exists()

    def test_what_is_not_there_is_said(self, company, tmp_path):
        with pytest.raises(CommandError, match="no company"):
            call_command("channels", "--company", "nowhere")
        with pytest.raises(CommandError, match="cannot be read"):
            call_command("channels", "--company", company.slug, "--save", str(tmp_path / "nothing"))
