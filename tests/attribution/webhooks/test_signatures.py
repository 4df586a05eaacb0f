"""Each sender's signature: right, wrong, of another body, missing, too old."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from attribution.webhooks import signatures
from attribution.webhooks.signatures import Signed

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SECRET, BODY, URL = "s3cret", b'{"a": "\xc3\xa4"}', "https://example.org/hooks/abc/"


def digest(text, secret=SECRET):
    return hmac.new(secret.encode(), text, hashlib.sha256)


def in_base64(text, secret=SECRET):
    return base64.b64encode(digest(text, secret).digest()).decode()


def typeform(body=BODY, secret=SECRET, at=NOW):
    return {"Typeform-Signature": "sha256=" + in_base64(body, secret)}


def calcom(body=BODY, secret=SECRET, at=NOW):
    return {"X-Cal-Signature-256": digest(body, secret).hexdigest()}


def meta(body=BODY, secret=SECRET, at=NOW):
    return {"X-Hub-Signature-256": "sha256=" + digest(body, secret).hexdigest()}


def calendly(body=BODY, secret=SECRET, at=NOW):
    moment = str(int(at.timestamp()))
    signed = digest(moment.encode() + b"." + body, secret).hexdigest()
    return {"Calendly-Webhook-Signature": f"t={moment},v1={signed}"}


def hubspot(body=BODY, secret=SECRET, at=NOW):
    moment = str(int(at.timestamp() * 1000))
    signed = b"POST" + URL.encode() + body + moment.encode()
    return {
        "X-HubSpot-Request-Timestamp": moment,
        "X-HubSpot-Signature-v3": in_base64(signed, secret),
    }


def own(body=BODY, secret=SECRET, at=NOW):
    moment = str(int(at.timestamp()))
    signed = digest(moment.encode() + b"." + body, secret).hexdigest()
    return {"X-Signature-Timestamp": moment, "X-Signature-256": "sha256=" + signed}


SENDERS = {
    "typeform": typeform,
    "calcom": calcom,
    "meta": meta,
    "calendly": calendly,
    "hubspot": hubspot,
    "own": own,
}
TIMED = ("calendly", "hubspot", "own")


def holds(name, headers, body=BODY, at=NOW):
    return getattr(signatures, name)(Signed("POST", URL, headers, body, at), SECRET)


@pytest.mark.parametrize("name", SENDERS)
def test_a_signature_holds_for_its_body_and_secret_alone(name):
    sign = SENDERS[name]
    assert holds(name, sign())
    assert not holds(name, sign(secret="another"))
    assert not holds(name, sign(), body=BODY + b" ")
    assert not holds(name, {})
    assert not holds(name, dict.fromkeys(sign(), "ä,t=1,v1=\u20ac"))


@pytest.mark.parametrize("name", TIMED)
@pytest.mark.parametrize(("minutes", "right"), [(-6, False), (-4, True), (4, True), (6, False)])
def test_a_moment_may_be_five_minutes_away(name, minutes, right):
    assert holds(name, SENDERS[name](), at=NOW + timedelta(minutes=minutes)) is right


def test_hubspot_signs_the_address_with_https_whatever_the_last_proxy_asks():
    inside = Signed("POST", URL.replace("https", "http"), hubspot(), BODY, NOW)
    assert signatures.hubspot(inside, SECRET)
    assert not signatures.hubspot(inside._replace(url=URL + "x"), SECRET)


def test_ones_own_program_need_not_sign_the_moment():
    headers = {"X-Signature-256": "sha256=" + digest(BODY).hexdigest()}
    assert holds("own", headers)
    assert holds("own", headers, at=NOW + timedelta(days=9))
