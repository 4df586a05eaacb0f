"""The report as read-only tools of an AI, over MCP on standard input and output."""

import json
import logging
from argparse import ArgumentParser
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections, connections

from attribution import roles, scope
from attribution.models import Company
from reports.api.guide import RULES
from reports.api.problems import Problem, failed
from reports.api.tools import TOOLS, Person, use

logger = logging.getLogger(__name__)
NOT_INSTALLED = (
    "This needs the package mcp, which is not installed: it is the optional extra “ai”. Install it "
    "with: pip install mcp==2.3.0"
)


class Command(BaseCommand):
    """`mcp --user anna [--company acme]`; a program that speaks MCP starts it."""

    help = "Offer the report to an AI as read-only tools (MCP, over standard input and output)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", required=True, metavar="NAME", help="who asks")
        parser.add_argument("--company", default="", metavar="SLUG", help="only this company")

    def handle(self, *args: Any, **options: Any) -> None:
        person = person_named(options["user"], options["company"])
        try:
            import anyio
            import mcp  # noqa: F401 - says whether it is there
        except ImportError:
            raise CommandError(NOT_INSTALLED) from None
        connections.close_all()  # the tools have one of their own
        anyio.run(serve, person)


def person_named(name: str, company: str) -> Person:
    """Who asks; a CommandError says what is wrong with it."""
    user = get_user_model().objects.filter(username=name, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no person “{name}” who may sign in.")
    with scope.all_companies():
        allowed = roles.companies_with(user, "report.view")
        slugs = set(Company.objects.filter(pk__in=allowed).values_list("slug", flat=True))
    if not slugs:
        raise CommandError(f"{name} belongs to no company, and could ask about nothing.")
    if company and company not in slugs:
        raise CommandError(f"There is no company “{company}” that {name} may see.")
    return Person(user.pk, company)


async def serve(person: Person) -> None:
    """Until whoever asks closes the input."""
    from mcp.server.stdio import stdio_server

    server = server_of(person)
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


def server_of(person: Person) -> Any:
    """The tools, as the package offers them."""
    import mcp_types as types
    from mcp.server.lowlevel import Server

    async def list_tools(context: Any, asked: Any) -> Any:
        only_reads = types.ToolAnnotations(read_only_hint=True, open_world_hint=False)
        return types.ListToolsResult(
            tools=[
                types.Tool(
                    name=tool.name,
                    description=tool.what,
                    input_schema=tool.input_schema(),
                    annotations=only_reads,
                )
                for tool in TOOLS.values()
            ]
        )

    async def call_tool(context: Any, asked: Any) -> Any:
        found, wrong = await sync_to_async(answered)(person, asked.name, asked.arguments or {})
        text = types.TextContent(type="text", text=json.dumps(found, ensure_ascii=False))
        return types.CallToolResult(content=[text], structured_content=found, is_error=wrong)

    return Server(
        "campaign-performance",
        version="1",
        title="Campaign Performance",
        instructions="\n".join(RULES),
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def answered(person: Person, name: str, arguments: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """What the tool says, and whether that is a problem. Runs in a thread of its own."""
    close_old_connections()
    try:
        return use(person, name, arguments), False
    except Problem as problem:
        return problem.body, True
    except Exception:
        logger.exception("A tool failed: %s", name)
        return failed().body, True
