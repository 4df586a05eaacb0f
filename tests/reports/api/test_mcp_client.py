"""The protocol itself: the package's own client, and a server that it starts."""

import asyncio
import json
import os
import sys

import pytest

from attribution import scope
from reports.api.tools import TOOLS
from tests.databases import migrated_copy
from tests.factories import make_user
from tests.reports.api.conftest import MARCH
from tests.shared_data import PROJECT

# A copy is made of what is committed.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.on_sqlite]
LONGEST = 60  # seconds, so that a fault does not hold up all tests


@pytest.fixture(autouse=True)
def june():
    """Time goes on: the client waits."""


def test_a_client_of_the_protocol_gets_the_report(tmp_path, acme, reader):
    """With the package's own client, and a server that it starts on a copy of the database."""
    with scope.all_companies():
        make_user(acme, username="anna")
    wanted = reader.read("report", MARCH | {"cols": "leads,spend", "compare": "none"})
    with migrated_copy(tmp_path) as path:
        environment = os.environ | {
            "DATABASE_URL": f"sqlite:///{path}",
            "DJANGO_SETTINGS_MODULE": "campaignperf.settings.test",
        }
        names, found, wrong, instructions = asyncio.run(
            asyncio.wait_for(conversation(environment), LONGEST)
        )
    assert set(names) == set(TOOLS)
    assert found.structured_content == wanted
    assert json.loads(found.content[0].text) == wanted
    assert (wrong.is_error, wrong.structured_content["field"]) == (True, "colour")
    assert "Unknown is null" in instructions


async def conversation(environment):
    from mcp import Client, StdioServerParameters

    server = StdioServerParameters(
        command=sys.executable,
        args=["manage.py", "mcp", "--user", "anna"],
        env=environment,
        cwd=PROJECT,
    )
    async with Client(server) as client:
        tools = (await client.list_tools()).tools
        assert all(tool.annotations.read_only_hint for tool in tools)
        asked = MARCH | {"cols": ["leads", "spend"], "compare": "none"}
        found = await client.call_tool("report", asked)
        wrong = await client.call_tool("report", {"colour": "red"})
        return [tool.name for tool in tools], found, wrong, client.instructions
