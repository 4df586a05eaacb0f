"""Why a lead is of its kind or has a mark: short codes that are stored, and the same in words.

A code never holds a value of a person: rules are named by their number.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution.capture.judging.rulebook import Line
from attribution.models import CaptureRule

MARKS = ("vpn", "suspicious", "hot")
STATED = "stated"
HONEYPOT = "honeypot"
AGENT = "user_agent"
SPAMMER = "referrer_spam:"
PERSON = "same_person"
BOOKED = "booked"
BY_HAND = "by_hand"
RULE = "rule:"
FINE = f"{RULE}{CaptureRule.Then.FINE.value}:"
LONGEST = 100

_WORDS = {
    STATED: gettext_lazy("The sender says so"),
    HONEYPOT: gettext_lazy("The field that only programs fill in was filled in"),
    AGENT: gettext_lazy("Its user agent is a program’s"),
    PERSON: gettext_lazy("An earlier lead of the same person"),
    BOOKED: gettext_lazy("Booked at once"),
    BY_HAND: gettext_lazy("Set by a person"),
    "disposable_email": gettext_lazy("E-mail address for a few minutes"),
    "gibberish_name": gettext_lazy("Letters that are no name"),
    "link_in_name": gettext_lazy("A link in the name"),
    "repeated_digits": gettext_lazy("No telephone has such a number"),
    "too_fast": gettext_lazy("Sent within two seconds"),
}


def of_rule(line: Line) -> str:
    """`rule:blocked:email:17`; the number is 0 for a rule that is being tried out."""
    return f"{RULE}{line.then}:{line.what}:{line.id}"


def of_spammer(host: str) -> str:
    return f"{SPAMMER}{host}"[:LONGEST]


def rule_of(code: str) -> int | None:
    """The number of the rule that is the reason."""
    number = code.rpartition(":")[2] if code.startswith(RULE) else ""
    return int(number) if number.isdecimal() else None


def words(code: str) -> str:
    """A reason in words; several, as marks may have, one after the other."""
    return "; ".join(_in_words(part) for part in code.split(", ")) if code else ""


def _in_words(code: str) -> str:
    if code.startswith(SPAMMER):
        return _("Referrer spam: %(host)s") % {"host": code.removeprefix(SPAMMER)}
    if code.startswith(RULE):
        __, __, what, number = (*code.split(":"), "", "", "")[:4]
        labels = dict(CaptureRule.What.choices)
        return _("Rule %(number)s: %(what)s …") % {
            "number": number,
            "what": labels.get(what, what),
        }
    return str(_WORDS.get(code, code))
