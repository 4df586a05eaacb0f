"""What came of a repair, in the words and numbers that its record keeps."""

from collections.abc import Sequence
from typing import Any

from attribution.models import Campaign
from attribution.repair.moves import Flow
from attribution.repair.plan import Plan
from attribution.utm import Reason

SHOWN = 50


def effect_of(plan: Plan, flows: Sequence[Flow]) -> dict[str, Any]:
    """Sums over all flows, and the largest of them by name."""
    named = {pk for flow in flows for pk in (flow.campaign, flow.old_campaign) if pk is not None}
    touched = named | set(plan.campaigns) | {c for c in plan.spend.values() if c is not None}
    names = dict(
        Campaign.objects.filter(company=plan.company, pk__in=touched).values_list("pk", "name")
    )

    def place(campaign: int | None, reason: str) -> str:
        return str(Reason(reason).label) if campaign is None else names[campaign]

    return {
        "leads": sum(flow.leads for flow in flows),
        "booked": sum(flow.booked for flow in flows),
        "completed": sum(flow.completed for flow in flows),
        "revenue_minor": sum(flow.revenue_minor for flow in flows),
        "spend_minor": 0,
        "flows": [
            {
                "from": place(flow.old_campaign, flow.old_reason),
                "to": place(flow.campaign, flow.reason),
                "leads": flow.leads,
                "booked": flow.booked,
            }
            for flow in flows[:SHOWN]
        ],
        "more_flows": max(0, len(flows) - SHOWN),
        "rules": sorted({item.line.id for item in plan.items.rules}),
        "campaigns": sorted(touched),
    }
