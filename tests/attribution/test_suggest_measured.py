"""How often a suggestion is right, on names of real campaigns and sources: precision and recall."""

from collections import Counter
from functools import cache

import pytest

from attribution.suggest import Candidate, Suggester, Suggestion
from tests.attribution.labelled_names import (
    CAMPAIGNS,
    SOURCES,
    companies,
    other_names,
    other_variants,
    positives,
)

LOWEST_PRECISION = 0.98


@cache
def suggester(names):
    return Suggester(Candidate(name, name) for name in names)


def count(pairs):
    """How many pairs of each kind were answered rightly, wrongly and not at all."""
    answers = Counter()
    wrong = []
    for pair in pairs:
        answer = suggester(pair.names).suggest(pair.value)
        offered = answer.candidate.text if isinstance(answer, Suggestion) else None
        verdict = "none" if offered is None else "right" if offered == pair.meant else "wrong"
        answers[pair.kind, verdict] += 1
        if verdict == "wrong":
            wrong.append((pair.value, offered, pair.meant))
    return answers, wrong


def total(answers, verdict):
    return sum(number for (__, found), number in answers.items() if found == verdict)


def report(answers):
    """A line for each kind of pair, and the two rates."""
    kinds = sorted({kind for kind, __ in answers})
    lines = [
        f"{kind}: " + ", ".join(f"{answers[kind, v]} {v}" for v in ("right", "wrong", "none"))
        for kind in kinds
    ]
    return "\n".join(lines)


@pytest.mark.parametrize(("what", "columns"), [("campaigns", CAMPAIGNS), ("sources", SOURCES)])
def test_suggestions_are_right_in_98_of_100_cases(what, columns):
    named = companies(columns)
    meant, wrong = count(pair for names in named for pair in positives(names))
    other, offered = count(
        pair for names in named for pair in other_names(names) + other_variants(names)
    )
    right = total(meant, "right")
    precision = right / (right + len(wrong) + len(offered))
    recall = right / meant.total()
    told = (
        f"{what}: {len({n for names in named for n in names})} names of {len(named)} companies, "
        f"{meant.total()} misspelt, {other.total()} that must be refused\n"
        f"precision {precision:.4f}, recall {recall:.4f}\n"
        f"{report(meant)}\n{report(other)}\n"
        f"wrong: {wrong[:20]}\noffered: {offered[:20]}"
    )
    print(told)
    assert meant.total() > 1000 and other.total() > 1000, told
    assert precision >= LOWEST_PRECISION, told


def test_no_variant_of_a_campaign_is_ever_taken_for_its_sister():
    answers, offered = count(p for names in companies(CAMPAIGNS) for p in other_variants(names))
    assert answers.total() > 1000
    assert not offered
