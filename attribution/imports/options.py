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
    day_order: DayOrder | None = None  # None: the file shows it, or it is year, month, day
    decimal_sign: DecimalSign | None = None  # None: the file shows it, or it is a point
    currency: str = ""  # of amounts, where the file does not say it
    save_as: str = ""  # the name of this kind of file, to be read in the same way from now on
    # Of spend alone:
    format: str = ""  # which program's file it is; "" recognises it
    account: str = ""  # the ad account, where the file does not say it: each is a source of its own
    add_up: bool = False  # rows of one campaign and day are parts of one amount
    whole_days: bool | None = None  # what a day had from this source is replaced; None: by format

    @property
    def order(self) -> DayOrder:
        return self.day_order or "ymd"

    @property
    def sign(self) -> DecimalSign:
        return self.decimal_sign or "."

    def to_json(self) -> dict[str, Any]:
        """Only what was said, so that the same words read a file of next year in the same way."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None, {})}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "ImportOptions":
        """The options as stored with a run; raises ValueError for an order or sign unknown."""
        options = cls(**stored)
        if options.day_order not in (None, *DAY_ORDERS):
            raise ValueError(f"Dates are {', '.join(DAY_ORDERS)}, not {options.day_order!r}.")
        if options.decimal_sign not in (None, *DECIMAL_SIGNS):
            raise ValueError(f"The decimal sign is . or , and not {options.decimal_sign!r}.")
        return options
