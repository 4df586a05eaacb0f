"""What a person says about a file that its headings do not say themselves."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

DayOrder = Literal["ymd", "dmy", "mdy"]
DecimalSign = Literal[".", ","]
DAY_ORDERS = get_args(DayOrder)
DECIMAL_SIGNS = get_args(DecimalSign)


@dataclass(frozen=True, kw_only=True)
class ImportOptions:
    """Headings, constants and values are in the file's words on the left, in ours on the right."""

    mapping: Mapping[str, str] = field(default_factory=dict)  # their heading → our field
    constants: Mapping[str, str] = field(default_factory=dict)  # our field → text for every row
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # heading → from → to
    day_order: DayOrder = "ymd"
    decimal_sign: DecimalSign = "."

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "ImportOptions":
        """The options as stored with a run; raises ValueError for an order or sign unknown."""
        options = cls(**stored)
        if options.day_order not in DAY_ORDERS:
            raise ValueError(f"Dates are {', '.join(DAY_ORDERS)}, not {options.day_order!r}.")
        if options.decimal_sign not in DECIMAL_SIGNS:
            raise ValueError(f"The decimal sign is . or , and not {options.decimal_sign!r}.")
        return options
