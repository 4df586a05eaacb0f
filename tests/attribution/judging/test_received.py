"""Through the store: received is counted and excluded, each with its reason, whatever is sent."""

import json
from datetime import date
from itertools import cycle, islice

import pytest

from attribution import scope
from attribution.capture import store
from attribution.models import Lead
from reports.query import ReportQuery
from reports.report import run_report
from tests.attribution.judging.sent import CHROME, SERVER, item, make_rule
from tests.factories import make_company
from tests.shared_data import data_folder

pytestmark = pytest.mark.django_db
MISSED = 4  # of the hundred samples below, one of each fifteenth program


def sample(most):
    file = data_folder("referrer-lists") / "crawler-user-agents.json"
    agents = [agent for one in json.loads(file.read_text()) for agent in one["instances"][:1]]
    return agents[:: len(agents) // most][:most]


def test_all_that_is_sent_is_stored_and_adds_up():
    with scope.all_companies():
        company = make_company()
        make_rule(company, "email_domain", "blocked.example")
        make_rule(company, "ip", "198.51.100.0/24", "vpn")
        make_rule(company, "parameter", "cp_test=1", "test")
        bots = [item(id=f"bot-{n}", user_agent=a[:500]) for n, a in enumerate(sample(100))]
        spam = data_folder("referrer-lists") / "referrer_spammers.txt"
        hosts = spam.read_text().split()[::50]
        spam = [item(f"https://www.{host}/x", id=f"spam-{n}") for n, host in enumerate(hosts)]
        others = [
            {"user_agent": CHROME, "name": "Anna Berg"},
            {"honeypot": "filled"},
            {"email": "x@blocked.example"},
            {"landing_page": "https://a.example/?cp_test=1"},
            {"ip": "198.51.100.7"},
            {"email": "anna@berg.de"},
            {"kind": "duplicate"},
        ]
        mixed = [item(id=f"mixed-{n}", **one) for n, one in enumerate(islice(cycle(others), 70))]
        sent = bots + spam + mixed
        taken = store.take_leads(company, SERVER, sent)
        assert {one.status for one in taken} == {"stored"}
        leads = Lead.objects.filter(company=company)
        assert leads.count() == len(sent)
        excluded = leads.exclude(kind="primary")
        assert not excluded.filter(kind_reason="").exists()
        kinds = {kind: leads.filter(kind=kind).count() for kind in Lead.Kind.values}
        found = 100 - MISSED
        assert kinds["bot"] >= found + len(spam) + 10
        assert (kinds["blocked"], kinds["test"], kinds["duplicate"]) == (10, 10, 10)
        assert kinds["follow_up"] == 9  # of ten leads of one person
        assert leads.filter(is_vpn=True, kind="primary").count() == 10
        march = {"start": date(2026, 3, 1), "end": date(2026, 3, 31)}
        report = run_report(ReportQuery(company=company, **march))
        assert report.proof.holds
        assert report.proof.received == len(sent)
        assert {one.kind: one.leads for one in report.excluded} == {
            kind: number for kind, number in kinds.items() if number and kind != "primary"
        }
