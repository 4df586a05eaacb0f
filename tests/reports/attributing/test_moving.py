"""What persons decide moves the touches of a lead as it moves leads, and undoing it moves back."""

import pytest

from attribution.models import Campaign
from attribution.repair import apply, drafts
from attribution.repair.intents import Correct, Merge, RuleText, SaveRule, Undo
from attribution.repair.plan import plan
from attribution.verdict import Field, How
from reports.attributing.models import MODELS
from reports.report import run_report
from reports.serialize import as_json
from tests.factories import make_company, make_user
from tests.reports.attributing.paths import asked, lead_with, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    company = make_company()
    lead_with(company, [(30, "spring"), (20, "sprnig"), (10, "autumn")], "autumn", cents=999)
    lead_with(company, [(5, "sprnig")], "spring")
    return company


def done(company, intent):
    author = make_user(company, "utm_admin")
    draft = drafts.make(company, intent, author, "typo")
    return apply.confirm(draft, author, plan(company, intent).fingerprint)


def everything(company):
    """All models by campaign and by source, to the byte."""
    return [
        as_json(run_report(asked(company, model, group_by=group)))
        for model in MODELS
        for group in ("campaign", "source")
    ]


def leads(company, model, group_by="campaign"):
    report = run_report(asked(company, model, group_by=group_by))
    assert report.proof.holds
    return told(report)


def test_a_merge_takes_the_touches_of_a_name_that_no_lead_had(company):
    before = everything(company)
    typo, spring = (Campaign.objects.get(key=key) for key in ("sprnig", "spring"))
    assert leads(company, "last") == {"autumn": "1", "sprnig": "1"}
    repair = done(company, Merge((typo.pk,), spring.pk))
    assert leads(company, "last") == {"autumn": "1", "spring": "1"}
    assert leads(company, "linear") == {"spring": "1.666667", "autumn": "0.333333"}
    done(company, Undo(repair.pk))
    assert everything(company) == before


def test_a_rule_on_sources_is_a_rule_on_those_of_touches(company):
    before = everything(company)
    text = RuleText(field=Field.SOURCE, how=How.EXACT, values=("s-sprnig",), text="s-spring")
    repair = done(company, SaveRule(text))
    assert leads(company, "last", "source") == {"s-autumn": "1", "s-spring": "1"}
    done(company, Undo(repair.pk))
    assert everything(company) == before


def test_a_corrected_lead_is_whole_until_the_correction_is_undone(company):
    before = everything(company)
    lead = company_lead(company)
    autumn = Campaign.objects.get(key="autumn")
    repair = done(company, Correct(leads=(lead.pk,), sets_campaign=True, campaign=autumn.pk))
    assert leads(company, "first") == {"autumn": "1", "sprnig": "1"}
    done(company, Undo(repair.pk))
    assert everything(company) == before


def company_lead(company):
    return company.lead_set.order_by("pk").first()
