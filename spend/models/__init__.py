from spend.models.cost import Cost, CostShare
from spend.models.entry import SpendEntry
from spend.models.mapping import ColumnMapping
from spend.models.platform import PlatformId
from spend.models.revision import SpendRevision

__all__ = ["ColumnMapping", "Cost", "CostShare", "PlatformId", "SpendEntry", "SpendRevision"]
