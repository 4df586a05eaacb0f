"""Targets in words: "62 of 100 (62 %), 71 % of the time: behind"."""

from dataclasses import dataclass

from babel.numbers import get_currency_precision
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from attribution.days import day_range
from reports import formatting
from reports.budget.words import percent
from reports.metrics import METRICS
from reports.targets.models import Target
from reports.targets.progress import BAD, GOOD, Progress, State, in_units

STATES: dict[State, str | Promise] = {
    State.NOT_STARTED: gettext_lazy("not started"),
    State.UNKNOWN: gettext_lazy("unknown"),
    State.TOO_FEW: gettext_lazy("too few leads to tell"),
    State.REACHED: gettext_lazy("reached"),
    State.ON_COURSE: gettext_lazy("on course"),
    State.BEHIND: gettext_lazy("behind"),
    State.MISSED: gettext_lazy("missed"),
    State.WITHIN: gettext_lazy("within the target"),
    State.ABOVE: gettext_lazy("above the target"),
    State.BELOW: gettext_lazy("below the target"),
}


@dataclass(frozen=True)
class Said:
    """A target with how it stands, ready to be shown."""

    target: Target
    label: str
    days: str
    value: str
    reached: str
    state: str
    sign: str  # beside the word, so that no colour is needed
    css: str
    sentence: str  # all of it


def amount_text(target: Target, amount: int) -> str:
    """An amount in the unit of the target: "100", "€12.00", "2.5×"."""
    metric, currency = METRICS[target.metric], target.company.currency
    number = in_units(amount, target.metric, get_currency_precision(currency))
    return formatting.metric(metric, number, currency)


def say(target: Target, progress: Progress) -> Said:
    metric, currency = METRICS[target.metric], target.company.currency
    digits = get_currency_precision(currency)
    write = formatting.writer(metric.unit, currency)
    value = write(in_units(target.value, target.metric, digits))
    reached = write(in_units(progress.reached, target.metric, digits))
    state = progress.state
    word = _state(progress)
    return Said(
        target=target,
        label=str(metric.label),
        days=day_range(target.first_day, target.last_day),
        value=value,
        reached=reached,
        state=word,
        sign="✓" if state in GOOD else "✗" if state in BAD else "",
        css="better" if state in GOOD else "worse" if state in BAD else "neutral",
        sentence=_sentence(progress, reached, value, word),
    )


def _state(progress: Progress) -> str:
    word = str(STATES[progress.state])
    judged = progress.state in GOOD | BAD and progress.state is not State.REACHED
    if judged and progress.is_so_far:
        return gettext("%(state)s so far") % {"state": word}
    return word


def _sentence(progress: Progress, reached: str, value: str, state: str) -> str:
    words = {
        "reached": reached,
        "value": value,
        "state": state,
        "share": percent(progress.share),
        "time": percent(progress.time_share),
    }
    if progress.is_ratio:
        return gettext("%(reached)s, target %(value)s: %(state)s") % words
    if progress.share is None:
        return gettext("unknown of %(value)s, %(time)s of the time") % words
    return gettext("%(reached)s of %(value)s (%(share)s), %(time)s of the time: %(state)s") % words
