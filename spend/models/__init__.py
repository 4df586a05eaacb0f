from spend.models.budget import Budget, BudgetNotice, CampaignGroup, GroupMember
from spend.models.cost import Cost, CostShare
from spend.models.entry import SpendEntry
from spend.models.mapping import ColumnMapping
from spend.models.platform import PlatformId
from spend.models.revision import SpendRevision

__all__ = [
    "Budget",
    "BudgetNotice",
    "CampaignGroup",
    "ColumnMapping",
    "Cost",
    "CostShare",
    "GroupMember",
    "PlatformId",
    "SpendEntry",
    "SpendRevision",
]
