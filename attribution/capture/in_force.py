"""The rules of a company by which what arrives is judged and placed."""

from typing import NamedTuple

from attribution import scope
from attribution.capture.judging.rulebook import RULES, Rulebook, lines_from, rulebook
from attribution.channels.origins import LAW, ChannelLaw, law_from
from attribution.models import Company
from attribution.prepared import rows_of
from attribution.repair import locking


class InForce(NamedTuple):
    """What decides the kind of a lead, and its channel."""

    book: Rulebook
    law: ChannelLaw


def held(company: Company) -> InForce:
    """What is in force until the end of the transaction, as no repair is made meanwhile."""
    scope.require(company.pk)
    asked = [RULES.statement([company.pk]), LAW.statement([company.pk])]
    *_, rules, law = rows_of(*locking.capture(company.pk), *asked)
    return InForce(rulebook(lines_from(RULES.read(rules))), law_from(LAW.read(law)))
