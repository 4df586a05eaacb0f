"""One question through the command, HTTP and the tools of an AI gives the same figures."""

import json
from datetime import timedelta
from io import StringIO
from random import Random

import pytest
import time_machine
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from attribution import scope
from attribution.models import Company
from reports.api.tools import Person, use
from reports.metrics import METRICS
from reports.query import DIMENSIONS
from tests.effort import EFFORT
from tests.factories import make_user
from tests.reports.api.conftest import Reader
from tests.reports.histories import FIRST, NOW, History

pytestmark = pytest.mark.django_db(transaction=False)
DAYS = st.integers(0, 15)
QUESTIONS = st.fixed_dictionaries(
    {
        "first": DAYS,
        "last": DAYS,
        "compare": st.sampled_from(("none", "previous", "year")),
        "group": st.sampled_from(list(DIMENSIONS)),
        "model": st.sampled_from(("captured", "captured", "linear", "first")),
        "sort": st.sampled_from([sign + name for name in METRICS for sign in ("", "-")]),
        "lists": st.fixed_dictionaries(
            {},
            optional={
                "source": st.sampled_from((["google"], ["google", "bing"])),
                "medium": st.just(["cpc"]),
                "channel": st.sampled_from((["email"], ["paid_search", "other"])),
                "status": st.just(["active"]),
            },
        ),
        "kind": st.sampled_from(([], ["test"], ["bot", "duplicate"])),
    }
)


@pytest.fixture(scope="module")
def world(module_rows):
    """A company with a history, and the person who asks."""
    with module_rows(), time_machine.travel(NOW, tick=False), scope.all_companies():
        history = History(Random(7), "told")
        for _ in range(40):
            history.step()
        return history.company.pk, make_user(history.company).pk


def test_the_command_and_http_and_the_tools_agree(world, settings_without_pace):
    company_id, user_id = world
    with time_machine.travel(NOW, tick=False), scope.all_companies():
        reader = Reader(Company.objects.get(pk=company_id), "owner")
    person, tried = Person(user_id), []

    @settings(max_examples=10 * EFFORT)
    @given(QUESTIONS)
    def agree(question):
        first, last = sorted((question["first"], question["last"]))
        days = [str((FIRST + timedelta(days=n)).date()) for n in (first, last)]
        asked = {"from": days[0], "to": days[1], "rows": "200", **question["lists"]}
        asked |= {name: question[name] for name in ("compare", "group", "model", "sort", "kind")}
        with time_machine.travel(NOW, tick=False):
            told = json.loads(printed(question, days))
            over_http = reader.read("report", asked)
            by_tool = json.loads(json.dumps(use(person, "report", asked)))
            first = reader.read("report", asked | {"rows": "2"})
        assert over_http == by_tool
        assert first["rows"] == over_http["rows"][:2]
        assert first["page"]["rows"] == len(over_http["rows"])
        shown = {name: over_http[name] for name in told}
        assert shown == told
        assert set(over_http) - set(told) == {"page", "links"}
        tried.append(told["total"]["leads"])

    agree()
    assert any(tried)


def printed(question, days):
    options = ["--company", "told", "--from", days[0], "--to", days[1], "--json"]
    options += ["--compare", question["compare"], "--group-by", question["group"]]
    options += ["--model", question["model"], f"--sort={question['sort']}"]
    for name, values in question["lists"].items():
        options += [f"--{name}={value}" for value in values]
    options += ["--kinds", ",".join(["primary", *question["kind"]])]
    out = StringIO()
    call_command("report", *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def settings_without_pace(settings):
    settings.READ_PER_MINUTE = 0
