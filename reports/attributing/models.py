"""The attribution models, defined once: which touches of a lead get credit, and how much.

A touch gets credit when it is not after the lead and within the look-back window before it. Their
shares add up to one lead. Where no touch gets any, and where a person has corrected the lead, the
lead counts whole as it stands. Plain definitions, no database; `credit` says the same in SQL.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LONGEST_WINDOW = 3650  # days
WINDOWS = (1, 7, 14, 30, 60, 90, 180, 365)  # on offer; any other can be asked for


@dataclass(frozen=True, slots=True)
class Model:
    name: str
    label: str | Promise
    help: str | Promise
    splits: bool = False  # whether a lead may be parted

    @property
    def reads_touches(self) -> bool:
        return self.name != CAPTURED


CAPTURED = "captured"
MODELS = {
    model.name: model
    for model in (
        Model(
            CAPTURED,
            _("As captured"),
            _("The touch stored on the lead gets all credit. No window."),
        ),
        Model("first", _("First touch"), _("The first touch of the window gets all credit.")),
        Model("last", _("Last touch"), _("The last touch before the lead gets all credit.")),
        Model(
            "last_non_direct",
            _("Last non-direct touch"),
            _(
                "The last touch that is not direct gets all credit; the last one where all are. "
                "Direct: no UTM source, medium or campaign, no click id and no referrer; or the "
                "source “direct”."
            ),
        ),
        Model(
            "linear",
            _("Linear"),
            _("All touches of the window get the same share."),
            splits=True,
        ),
        Model(
            "position",
            _("Position-based 40/20/40"),
            _(
                "40 % for the first touch, 40 % for the last, and 20 % shared by those between. "
                "Of two touches each gets half."
            ),
            splits=True,
        ),
    )
}


def model_named(text: str) -> str:
    """A model by its name, however it is written. Raises ValueError."""
    name = text.strip().casefold().replace("-", "_")
    if name not in MODELS:
        raise ValueError(f"There is no model {text}; there are {', '.join(MODELS)}.")
    return name


def share(name: str, of: int, at_end: bool) -> Fraction:
    """What one of `of` touches gets under a model that splits; `at_end`: the first or the last."""
    if name == "linear":
        return Fraction(1, of)
    if of <= 2:
        return Fraction(1, max(of, 1))
    return Fraction(2, 5) if at_end else Fraction(1, 5 * (of - 2))


def shares(name: str, direct: Sequence[bool]) -> list[Fraction]:
    """What each touch of a lead gets, in the order of time; `direct` says which are direct.

    The definition that everything else is held to. The sum is 1.
    """
    of = len(direct)
    if not of:
        return []
    if MODELS[name].splits:
        return [share(name, of, nth in (0, of - 1)) for nth in range(of)]
    chosen = of - 1
    if name == "first":
        chosen = 0
    elif name == "last_non_direct":
        chosen = max((nth for nth in range(of) if not direct[nth]), default=of - 1)
    return [Fraction(int(nth == chosen)) for nth in range(of)]
