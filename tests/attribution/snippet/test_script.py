"""The script of the website tag: small, readable by every browser of 2017, and cached."""

import gzip
import re

import pytest
from django.test import Client

from attribution.channels.clicks import CLICK_IDS
from attribution.snippet.script import SOURCE, script

TEXT = SOURCE.read_text("utf-8")
LIMIT = 3_000  # bytes, gzipped


def test_it_is_small():
    assert len(script().packed) <= LIMIT
    assert len(gzip.compress(TEXT.encode(), 9)) <= 1.024 * LIMIT  # as it stands in the source


def test_what_is_sent_is_the_source_without_its_indentation():
    assert gzip.decompress(script().packed) == script().plain
    assert script().plain.decode() == "\n".join(line.lstrip(" ") for line in TEXT.split("\n"))
    assert TEXT.count("`") % 2 == 0
    assert not [line for line in TEXT.split("\n") if line.count("`") % 2]  # no text over two lines


@pytest.mark.parametrize(
    "newer",
    [
        *(r"\?\.", r"\?\?", r"\*\*=", r"catch \{", r"\.flatMap|\.flat\(|fromEntries|\.at\("),
        *(r"\{ \.\.\.", r", \.\.\.\w+ \}", r"\|\|=|&&=", r"replaceAll|matchAll", r"\d_\d"),
    ],
)
def test_it_needs_no_browser_newer_than_2017(newer):
    assert not re.search(newer, TEXT)


def test_it_works_under_a_strict_policy_and_names_no_other_host():
    assert not re.search(r"\beval\b|new Function|innerHTML|\.style\b|setAttribute", TEXT)
    assert "://" not in TEXT


def test_it_knows_click_ids_that_the_ingest_takes():
    [names] = re.findall(r'NAMES = \("(.+?)" \+\n\s+"(.+?)"\)', TEXT)
    assert len(names[0].split()) == 6
    assert set(names[1].split()) <= CLICK_IDS


@pytest.fixture
def fetch():
    return lambda **headers: Client().get("/cp.js", headers=headers)


def test_it_is_public_and_cached_and_makes_no_session(fetch):
    answer = fetch(accept_encoding="gzip, br")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"].startswith("public, max-age=86400")
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer["Content-Encoding"] == "gzip"
    assert answer["Vary"] == "Accept-Encoding"
    assert "Access-Control-Allow-Origin" not in answer
    assert not answer.cookies
    assert gzip.decompress(answer.content) == script().plain
    assert len(answer.content) <= LIMIT


def test_who_has_it_is_not_sent_it_again(fetch):
    answer = fetch(if_none_match=script().etag)
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer["Cache-Control"].startswith("public")
    assert fetch(if_none_match='W/"other"').status_code == 200


@pytest.mark.parametrize("takes", ["", "br"])
def test_who_takes_no_gzip_gets_it_plain(fetch, takes):
    answer = fetch(accept_encoding=takes)
    assert "Content-Encoding" not in answer
    assert answer.content == script().plain


def test_a_signed_in_person_gets_the_same(db, admin_client):
    answer = admin_client.get("/cp.js")
    assert answer["Cache-Control"].startswith("public")
    assert "Cookie" not in answer["Vary"]


def test_nothing_can_be_sent_to_it():
    assert Client().post("/cp.js").status_code == 405
    assert Client().head("/cp.js").status_code == 200
