"""A company's naming rules, applied to names and values. Plain functions, no database."""

import re
from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from attribution.models import NamingRules
from attribution.utm import KEY_LIMIT, VALUE_LIMIT, is_broken, tidy

DatePart = NamingRules.DatePart
YEAR = r"(?<!\d)(?:19|20)\d\d"
BETWEEN = r"[\W_]?"
DATES = {
    DatePart.YEAR: re.compile(rf"{YEAR}(?!\d)"),
    DatePart.QUARTER: re.compile(rf"{YEAR}{BETWEEN}q[1-4](?!\d)|q[1-4]{BETWEEN}{YEAR}(?!\d)", re.I),
    DatePart.MONTH: re.compile(rf"{YEAR}{BETWEEN}(?:0[1-9]|1[0-2])(?!\d)"),
}
DEFAULT_SEPARATOR = "-"


def proposed(name: str, rules: NamingRules, day: date) -> str:
    """The name as the rules want it; an empty text when no letter or digit is in it."""
    if rules.separator:
        words = [word for word in re.split(r"[\W_]+", name) if word]
        text = rules.separator.join(words)
    else:
        text = re.sub(r"[^\w.-]+", DEFAULT_SEPARATOR, name).strip("-_.")
    if text and not _has_date(text, rules):
        text = _with_date(text, rules, day)
    return text.lower() if rules.lower_case else text


def problems(name: str, rules: NamingRules) -> list[str]:
    """What the rules have against a name, one sentence each."""
    found = []
    if rules.separator and (other := re.search(r"[\W_]", name.replace(rules.separator, ""))):
        found.append(
            _("“%(found)s” stands in the name; here words are parted by “%(wanted)s”.")
            % {"found": other[0], "wanted": rules.separator}
        )
    if rules.lower_case and name != name.lower():
        found.append(_("The name has capitals; here names are in small letters."))
    if not _has_date(name, rules):
        wanted = rules.get_date_part_display()
        found.append(_("The name has no date; here it holds %(wanted)s.") % {"wanted": wanted})
    return found


def not_usable(name: str) -> str:
    """Why the text can be no campaign's name, or an empty text."""
    if is_broken(name):
        return _("“%(name)s” is a placeholder, not a name. Write the name itself.") % {"name": name}
    key = tidy(name)
    if not re.search(r"[^\W_]", key):
        text = _("“%(name)s” would be read as no campaign at all. Use letters or digits.")
        return text % {"name": name}
    if len(key) > KEY_LIMIT:
        return _("The name is too long: at most %(most)s characters.") % {"most": KEY_LIMIT}
    return ""


def value_not_usable(value: str) -> str:
    """Why the text can be no source or medium, or an empty text."""
    if is_broken(value):
        text = _("“%(value)s” is a placeholder. Write the value itself.")
    elif not tidy(value):
        text = _("“%(value)s” would be read as nothing. Write the value itself.")
    elif len(tidy(value)) > VALUE_LIMIT:
        return _("“%(value)s…” is too long.") % {"value": value[:40]}
    else:
        return ""
    return text % {"value": value}


def not_allowed(value: str, allowed: list[str]) -> bool:
    """Whether a company that has listed its values did not list this one."""
    return bool(allowed) and tidy(value) not in allowed


def a_few(values: Iterable[str], most: int = 8) -> str:
    """The first values of a list, for a sentence."""
    known = list(values)
    return ", ".join(known[:most]) + (" …" if len(known) > most else "")


def _has_date(name: str, rules: NamingRules) -> bool:
    pattern = DATES.get(DatePart(rules.date_part))
    return pattern is None or bool(pattern.search(name))


def _with_date(name: str, rules: NamingRules, day: date) -> str:
    """The name with the day's date at its end; a year that ends it already stands only once."""
    sign = rules.separator or DEFAULT_SEPARATOR
    name = re.sub(rf"[\W_]?(?<!\d){day.year}$", "", name) or name
    parts = {
        DatePart.YEAR: f"{day.year}",
        DatePart.QUARTER: f"{day.year}{sign}q{(day.month + 2) // 3}",
        DatePart.MONTH: f"{day.year}{sign}{day.month:02}",
    }
    return f"{name}{sign}{parts[DatePart(rules.date_part)]}"
