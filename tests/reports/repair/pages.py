"""What tests of the repair pages share: a company with leads to repair, and its people."""

import re
from types import SimpleNamespace

import pytest

from attribution.models import Campaign
from attribution.repair import drafts
from attribution.repair.apply import confirm
from attribution.repair.intents import Merge
from attribution.repair.plan import plan
from tests.factories import make_user
from tests.reports.march import make_march


@pytest.fixture
def march(company):
    """March of the tests of the report, a UTM admin called mia, and a viewer called vera."""
    make_march(company)
    mia = make_user(company, "utm_admin", username="mia")
    vera = make_user(company, "viewer", username="vera")
    return SimpleNamespace(company=company, mia=mia, vera=vera)


def campaign(world, key):
    return Campaign.objects.get(company=world.company, key=key)


def merge(world, source="brand", target="spring"):
    """Four leads of Brand, one of them booked and completed at 80.00, become Spring's."""
    return Merge((campaign(world, source).pk,), campaign(world, target).pk)


def draft_of(world, intent, author=None, reason="one and the same"):
    return drafts.make(world.company, intent, author or world.mia, reason)


def repaired(world, intent, author=None, reason="one and the same"):
    draft = draft_of(world, intent, author, reason)
    return confirm(draft, author or world.mia, plan(world.company, intent).fingerprint)


def text_of(answer):
    html = answer.content.decode()
    body = html[html.index('id="content"') :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).replace("\u00a0", " ")


def hidden(answer, name):
    return re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode()).group(1)
