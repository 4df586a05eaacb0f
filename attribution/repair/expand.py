"""From what a person asks for to the items that decide it. Raises Refused where that cannot be."""

from collections.abc import Callable
from typing import Any

from attribution.models import Company
from attribution.repair import (
    expand_campaigns,
    expand_groups,
    expand_names,
    expand_rules,
    intents,
)
from attribution.repair.desk import Asked, Desk

_EXPAND: dict[type, Callable[[Desk, Any], Asked]] = {
    intents.RepairGroups: expand_groups.groups,
    intents.RepairNames: expand_names.names,
    intents.SaveRule: expand_rules.save_rule,
    intents.MoveRule: expand_rules.move_rule,
    intents.SwitchRule: expand_rules.switch_rule,
    intents.ShipRules: expand_rules.ship_rules,
    intents.Merge: expand_campaigns.merge,
    intents.Claim: expand_campaigns.claim,
    intents.EditCampaign: expand_campaigns.edit_campaign,
    intents.EditCampaigns: expand_campaigns.edit_campaigns,
    intents.Correct: expand_campaigns.correct,
}


def asked(company: Company, intent: Any) -> Asked:
    """What an intent decides. Writes nothing. Raises Refused."""
    found = _EXPAND[type(intent)](Desk(company), intent)
    return found._replace(title=found.title[:200])
