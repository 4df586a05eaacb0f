"""The metrics of what was planned: budgets and targets. `reports.metrics` has all of them."""

from django.utils.translation import gettext_lazy as _

from reports.metric_kinds import Better, Measure, Metric, Ratio, Unit

PLANS: tuple[Metric, ...] = (
    Measure(
        name="budget",
        label=_("Budget"),
        help=_(
            "Of the campaign's own budgets, what falls on days of the period. Budgets of groups "
            "are not split: see Budget & pacing. Unknown without one."
        ),
        unit=Unit.MONEY,
        better=Better.NEITHER,
        needs_spend=True,
        empty=None,
    ),
    Measure(
        name="budget_spend",
        label=_("Spend in budget"),
        help=_("Spend of the period on days of the campaign's own budgets. Unknown without one."),
        unit=Unit.MONEY,
        better=Better.NEITHER,
        needs_spend=True,
        empty=None,
    ),
    Ratio(
        name="budget_spent",
        label=_("Budget spent"),
        help=_("Spend in budget ÷ budget. Unknown without a budget."),
        unit=Unit.RATE,
        better=Better.NEITHER,
        needs_spend=True,
        top="budget_spend",
        bottom="budget",
        of_plan=True,
    ),
    Measure(
        name="target",
        label=_("Target of leads"),
        help=_(
            "What the campaign's targets of leads ask for, of those with a day in the period: for "
            "all their days, not the period's alone. Unknown without one."
        ),
        unit=Unit.COUNT,
        better=Better.NEITHER,
        empty=None,
    ),
    Measure(
        name="target_leads",
        label=_("Leads for the target"),
        help=_("Leads on the days of these targets so far, as captured. Unknown without one."),
        unit=Unit.COUNT,
        better=Better.NEITHER,
        empty=None,
    ),
    Ratio(
        name="target_reached",
        label=_("Target"),
        help=_("Leads for the target ÷ target of leads. Unknown without a target."),
        unit=Unit.RATE,
        top="target_leads",
        bottom="target",
        of_plan=True,
    ),
)
TARGET_COLUMNS = frozenset({"target", "target_leads", "target_reached"})
# Read only when it is asked for: what budgets allow and targets ask for.
BUDGET_COLUMNS = frozenset({"budget", "budget_spend", "budget_spent", *TARGET_COLUMNS})
