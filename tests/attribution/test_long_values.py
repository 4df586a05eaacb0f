"""Values as long as they may be, in scripts that take most room: nothing is lost, nothing fails."""

from random import Random

import pytest
from django.core.exceptions import ValidationError

from attribution.models import Campaign, Lead
from attribution.utm import KEY_LIMIT, VALUE_LIMIT
from reports.rollup.refresh import refresh
from tests.factories import make_lead, make_spend


def text(length, first, last):
    """Letters at random, which no database can compress."""
    rng = Random(length + first)
    return "".join(chr(rng.randint(first, last)) for _ in range(length))


SCRIPTS = {"latin": (0x61, 0x7A), "chinese": (0x4E00, 0x9FA5), "rare": (0x20000, 0x2A6D0)}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_a_lead_with_the_longest_values_is_kept_whole(company, script):
    raw = {name: text(500, *script) for name in ("utm_source", "utm_medium", "utm_content")}
    lead = make_lead(company, text(KEY_LIMIT, *script), country=text(60, *script), **raw)
    refresh(company.pk)
    lead.refresh_from_db()
    assert {name: getattr(lead, name) for name in raw} == raw
    assert lead.campaign.key == lead.campaign_key
    assert len(lead.source) <= VALUE_LIMIT


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_spend_with_the_longest_names_is_kept(company, script):
    place = {name: text(100, *script) for name in ("utm_source", "utm_medium")}
    entry = make_spend(company, text(500, *script), 100, **place)
    refresh(company.pk)
    assert entry.campaign is None


def test_a_longer_name_is_a_broken_tag(company):
    lead = make_lead(company, text(KEY_LIMIT + 1, *SCRIPTS["latin"]))
    assert lead.campaign is None
    assert lead.unattributed_reason == "broken_tag"
    assert Lead.objects.count() == 1


def test_a_campaign_of_a_longer_name_is_refused(company):
    campaign = Campaign(company=company, key=text(KEY_LIMIT + 1, *SCRIPTS["latin"]))
    with pytest.raises(ValidationError, match="At most 400"):
        campaign.full_clean()
