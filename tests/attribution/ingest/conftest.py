"""Keys, and a sender that posts JSON as other programs do."""

import pytest
from django.test import Client

from attribution.ingest import collecting, keys, limits, throttling
from tests.attribution.ingest.loop_client import LoopClient
from tests.attribution.ingest.sender import Sender


@pytest.fixture(autouse=True)
def forgetful():
    """What a process remembers between requests is not remembered between tests."""
    for one in (throttling.BUCKETS, limits.OVER):
        one.clear()
    collecting.ORIGINS.forget()


@pytest.fixture
def key(company):
    """The text of a server's key."""
    return keys.make(company, "server", "Shop")[1]


@pytest.fixture
def browser_key(company):
    """The text of a browser's key for https://www.example.com."""
    return keys.make(company, "browser", "Site", origins=["https://www.example.com"])[1]


@pytest.fixture(params=[Client, LoopClient], ids=["thread", "loop"])
def sender(key, request):
    """Through both doors there are: whatever is sent, neither answers otherwise."""
    return Sender(request.param(), key)


@pytest.fixture
def visitor(browser_key):
    """A page of the company's site."""
    return Sender(Client(), browser_key, HTTP_ORIGIN="https://www.example.com")
