"""`manage.py read_urls`: one object a line, whatever stands in the line."""

import io
import json
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from attribution.channels.explaining import explained, split_line
from attribution.channels.origins import ChannelLaw
from attribution.channels.rules import CHANNELS
from attribution.models import ChannelRules, OwnHost

LAW = ChannelLaw()


def read(tmp_path, text, *options):
    file = tmp_path / "links.txt"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    out = io.StringIO()
    call_command("read_urls", str(file), "--json", *options, stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("line", "landing", "referrer"),
    [
        ("https://x.test/\thttps://y.test/", "https://x.test/", "https://y.test/"),
        ("https://x.test/,https://y.test/", "https://x.test/", "https://y.test/"),
        ("https://x.test/?a=1,2,https://y.test/?b=3,4", "https://x.test/?a=1,2", "…?b=3,4"),
        ("https://x.test/a,b", "https://x.test/a,b", ""),
        ("https://x.test/?a=1,2", "https://x.test/?a=1,2", ""),
        ("https://x.test/,", "https://x.test/", ""),
        ("https://x.test/,www.bing.com", "https://x.test/", "www.bing.com"),
        ("https://x.test/,android-app://com.x", "https://x.test/", "android-app://com.x"),
        ('"https://x.test/a,b","https://y.test/"', "https://x.test/a,b", "https://y.test/"),
        ('"https://x.test/a,b', '"https://x.test/a,b', ""),
        (",https://y.test/", "", "https://y.test/"),
        ("\thttps://y.test/", "", "https://y.test/"),
        ("", "", ""),
    ],
)
def test_a_line_is_a_link_and_its_referrer(line, landing, referrer):
    found = split_line(line + "\r\n")
    assert found == (landing, referrer.replace("…", "https://y.test/"))


def test_a_line_is_printed_with_all_that_is_read(tmp_path):
    text = (
        "landing page\treferrer\n"
        "https://x.test/?UTM_Source=Google%20&gclid=AbC&utm_campaign=%7Bid%7D\t\n"
        "https://x.test/?utm_source=notwikipedia.org&utm_medium=link\thttps://www.google.com/\n"
    )
    first, second = read(tmp_path, text)
    assert first["raw"]["utm_source"] == "Google "
    assert first["tidy"]["source"] == "google"
    assert first["click_ids"] == {"gclid": "AbC"}
    assert first["platforms"] == {"gclid": "Google Ads"}
    assert (first["source"], first["medium"], first["channel"]) == ("google", "cpc", "Paid Search")
    assert first["reason"] == "broken_tag"
    assert first["problems"] == ["utm_campaign: the placeholder “{id}” is not filled in."]
    assert (second["line"], second["source"]) == (3, "notwikipedia.org")
    assert (second["channel"], second["reason"]) == ("Referral", "no_campaign")


def test_what_is_odd_about_a_link_is_said(tmp_path):
    gateway = "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fx.test"
    lines = {
        gateway: "A mail gateway has wrapped the link: what stands inside it is not read.",
        "https://x.test/?utm_term=Fr%FCh": "utm_term: “Fr%FCh” is not encoded as UTF-8.",
        "https://x.test/?utm_term=Fr%2520h": "utm_term: “Fr%20h” is encoded twice.",
        "https://x.test/a%3Futm_source=b": "There is no “?” before the first parameter.",
    }
    found = read(tmp_path, "\n".join(lines))
    assert [one["problems"] for one in found] == [[said] for said in lines.values()]
    assert read(tmp_path, "https://x.test/?%20utm_source=a")[0]["problems"] == []


def test_without_json_it_is_told_in_words(tmp_path, capsys):
    file = tmp_path / "links.txt"
    file.write_text("https://x.test/\thttps://www.paypal.com/\n")
    call_command("read_urls", str(file))
    assert "(direct) / (none)" in (said := capsys.readouterr().out)
    assert "payment provider" in said


def test_bytes_that_are_no_text_and_standard_input_are_read(tmp_path, monkeypatch):
    assert len(read(tmp_path, b"\xff\xfe\x00\n\r\n" + b"a" * 100_000 + b"\n\xed\xa0\x80")) == 4
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"https://x.test/\n")))
    out = io.StringIO()
    call_command("read_urls", "-", "--json", stdout=out)
    assert json.loads(out.getvalue())["channel"] == "Direct"


def test_a_file_or_a_company_that_is_not_there_is_said(tmp_path, db):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("read_urls", str(tmp_path / "nowhere"))
    (tmp_path / "a").write_text("x")
    with pytest.raises(CommandError, match="no company"):
        call_command("read_urls", str(tmp_path / "a"), "--company", "nowhere")


def test_a_companys_own_rules_and_hosts_decide(tmp_path, company):
    OwnHost.objects.create(company=company, host="partner.example")
    ChannelRules.objects.create(
        company=company, rules=[{"channel": "Audio", "when": "source is podcast", "on": True}]
    )
    text = "https://x.test/?utm_source=podcast\nhttps://x.test/\thttps://a.partner.example/\n"
    found = read(tmp_path, text, "--company", company.slug)
    assert [(one["source"], one["channel"]) for one in found] == [
        ("podcast", "Audio"),
        ("(direct)", "Unassigned"),
    ]


@given(st.text(max_size=150) | st.text('htps:/?&=#%25,\t"utm_source@.x{}[]é', max_size=150))
@settings(max_examples=200)
def test_no_line_is_too_strange(line):
    found = json.loads(json.dumps(explained(*split_line(line), LAW)))
    assert found["channel"] in CHANNELS
    assert found["source"]
    assert all(isinstance(problem, str) for problem in found["problems"])
