"""The report as tools of an AI: over standard input and output, as one person, read only."""

import json
import sys

import pytest
from django.core.management import CommandError, call_command

from attribution import scope
from attribution.models import Membership
from reports.api.problems import Problem
from reports.api.tools import TOOLS, Person, parameters_of, use
from tests.factories import make_company, make_user
from tests.reports.api.conftest import MARCH

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(acme):
    with scope.all_companies():
        return Person(make_user(acme, username="anna").pk)


def refused(person, name, arguments, status):
    with pytest.raises(Problem) as found:
        use(person, name, arguments)
    assert found.value.status == status
    return found.value


def test_tools_answer_as_the_addresses_do(person, reader):
    lists = {"cols": ["leads", "spend"], "source": ["news"], "rows": 1}
    for name, address, asked in (
        ("list_companies", "companies", {}),
        ("definitions", "definitions", {}),
        ("report", "report", MARCH | lists),
        ("series", "report/series", MARCH | {"by": "week", "metric": ["leads"]}),
        ("campaigns", "campaigns", {"discovered": True, "rows": 1}),
    ):
        over_http = {key: "true" if value is True else value for key, value in asked.items()}
        assert json.loads(json.dumps(use(person, name, asked))) == reader.read(address, over_http)


def test_a_person_sees_the_companies_of_their_roles_alone(acme, person):
    with scope.all_companies():
        make_company(slug="other")
        own = make_company(slug="own")
    assert refused(person, "report", {"company": "other"}, 404).field == "company"
    assert use(person, "report", {})["company"] == "acme"
    with scope.all_companies():
        Membership.objects.create(company=own, user_id=person.user_id, role="owner")
    assert "acme" in refused(person, "report", {}, 400).detail  # which of the two?
    assert use(person, "report", {"company": "own"})["company"] == "own"
    bound = Person(person.user_id, "acme")
    assert use(bound, "report", {})["company"] == "acme"
    assert refused(bound, "report", {"company": "own"}, 404)
    assert [one["slug"] for one in use(bound, "list_companies", {})["companies"]] == ["acme"]


def test_a_right_that_is_taken_away_is_gone_at_once(acme, person, django_user_model):
    use(person, "report", {})
    with scope.all_companies():
        Membership.objects.filter(user_id=person.user_id).delete()
    assert use(person, "list_companies", {}) == {"companies": []}
    refused(person, "report", {}, 404)
    django_user_model.objects.filter(pk=person.user_id).update(is_active=False)
    refused(person, "report", {}, 401)
    refused(person, "definitions", {}, 401)


def test_wrong_arguments_are_told_by_name(person):
    assert refused(person, "nothing", {}, 404).field == "name"
    assert refused(person, "report", {"colour": "red"}, 400).field == "colour"
    assert refused(person, "report", {"q": {"a": 1}}, 400).field == "q"
    assert refused(person, "report", {"q": "a\0b"}, 400).field == "q"
    assert refused(person, "campaigns", {"rows": 1000}, 400).field == "rows"
    assert parameters_of({"rows": 2, "q": None}).urlencode() == "rows=2"


def test_each_tool_takes_the_parameters_of_its_address():
    for tool in TOOLS.values():
        schema = tool.input_schema()
        assert schema["additionalProperties"] is False
        json.dumps(schema)
    assert {"from", "to", "group", "sort"} <= set(TOOLS["report"].input_schema()["properties"])


def test_the_command_says_who_cannot_ask(acme, monkeypatch):
    with scope.all_companies():
        make_user(username="nobody-yet")
        make_user(acme, username="anna")
        make_company(slug="other")
    for options, words in (
        (["--user", "never"], "no person"),
        (["--user", "nobody-yet"], "no company"),
        (["--user", "anna", "--company", "other"], "no company “other”"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("mcp", *options)
    monkeypatch.setitem(sys.modules, "mcp", None)
    with pytest.raises(CommandError, match="pip install mcp"):
        call_command("mcp", "--user", "anna")
