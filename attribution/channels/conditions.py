"""The small language in which a channel's rule says which visits it takes.

    site is search and (medium contains cp or medium is ppc, retargeting)

Fields are source, medium, campaign, site (the kind of site that the source is) and click (the click
id that decides). Tests are `is`, `contains`, `begins`, `ends` and `word` (some word begins with
it), each with one value or several between commas; blanks and commas stand in quotes. They are
joined with `and`, `or`, `not` and brackets. No regular expressions: a rule can neither be slow nor
fail. Values are compared tidy.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext as _

from attribution.channels.clicks import CLICKS
from attribution.channels.sites import KINDS
from attribution.utm import tidy

LONGEST = 2_000  # characters of one condition
DEEPEST = 20  # brackets within brackets
FIELDS = ("source", "medium", "campaign", "site", "click")
TESTS = ("is", "contains", "begins", "ends", "word")
_FEW = {"site": frozenset(KINDS), "click": frozenset(CLICKS)}  # fields whose values are known
_AS_WRITTEN = frozenset({"", "(direct)", "(none)", "(not set)"})  # what tidying makes nothing of
_TOKEN = re.compile(r'\s+|"([^"]*)"|([(),])|([^\s"(),]+)|(.)')


class Visit(NamedTuple):
    """What rules look at; all tidy."""

    source: str
    medium: str
    campaign: str
    site: str
    click: str


Test = Callable[[Visit], bool]


class ConditionError(ValueError):
    """What is wrong with a condition, in words for whoever wrote it."""


class _Token(NamedTuple):
    text: str
    is_word: bool  # neither a bracket nor a comma; quoted or not
    is_quoted: bool


@lru_cache(maxsize=4096)
def compiled(text: str) -> Test:
    """The condition as a function. Raises ConditionError."""
    if len(text) > LONGEST:
        raise ConditionError(_("A condition has at most %(most)s characters.") % {"most": LONGEST})
    reader = _Reader(_tokens(text))
    test = reader.either(0)
    if (rest := reader.next()) is not None:
        raise ConditionError(
            _("“%(text)s” comes after the end: join tests with “and” or “or”.")
            % {"text": rest.text[:60]}
        )
    return test


def _tokens(text: str) -> list[_Token]:
    found = []
    for match in _TOKEN.finditer(text):
        quoted, mark, word, stray = match.groups()
        if stray:
            raise ConditionError(_('A quotation mark (") is not closed.'))
        if quoted is not None or word or mark:
            value = quoted if quoted is not None else word or mark
            found.append(_Token(value, not mark, quoted is not None))
    return _with_bracketed_values(found)


def _with_bracketed_values(tokens: list[_Token]) -> list[_Token]:
    """`(direct)` and `(none)` are values, though they have brackets."""
    found: list[_Token] = []
    for token in tokens:
        found.append(token)
        shape = "".join(one.text if not one.is_quoted else " " for one in found[-3:])
        if shape in ("(direct)", "(none)"):
            found[-3:] = [_Token(shape, True, True)]
    return found


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._place = 0

    def next(self) -> _Token | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _take(self, *words: str) -> str:
        """The next token if it is one of these words or marks."""
        token = self.next()
        if token is None or token.is_quoted or token.text.lower() not in words:
            return ""
        self._place += 1
        return token.text.lower()

    def either(self, depth: int) -> Test:
        tests = [self._both(depth)]
        while self._take("or"):
            tests.append(self._both(depth))
        return tests[0] if len(tests) == 1 else lambda visit: any(test(visit) for test in tests)

    def _both(self, depth: int) -> Test:
        tests = [self._one(depth)]
        while self._take("and"):
            tests.append(self._one(depth))
        return tests[0] if len(tests) == 1 else lambda visit: all(test(visit) for test in tests)

    def _one(self, depth: int) -> Test:
        if depth > DEEPEST:
            raise ConditionError(_("There are too many brackets within brackets."))
        if self._take("not"):
            inner = self._one(depth + 1)
            return lambda visit: not inner(visit)
        if self._take("("):
            test = self.either(depth + 1)
            if not self._take(")"):
                raise ConditionError(_("A bracket is not closed."))
            return test
        return self._test()

    def _test(self) -> Test:
        field = self._take(*FIELDS)
        if not field:
            raise ConditionError(
                _("%(found)s stands where a field belongs: one of %(fields)s.")
                % {"found": self._found(), "fields": ", ".join(FIELDS)}
            )
        kind = self._take(*TESTS)
        if not kind:
            raise ConditionError(
                _("%(found)s stands after “%(field)s” where a test belongs: one of %(tests)s.")
                % {"found": self._found(), "field": field, "tests": ", ".join(TESTS)}
            )
        return _test_of(field, kind, self._values(field, kind))

    def _values(self, field: str, kind: str) -> tuple[str, ...]:
        values = []
        while True:
            token = self.next()
            if token is None or not token.is_word:
                raise ConditionError(
                    _("After “%(field)s %(test)s” a value is missing.")
                    % {"field": field, "test": kind}
                )
            self._place += 1
            values.append(_value(token.text, field, kind))
            if not self._take(","):
                return tuple(values)

    def _found(self) -> str:
        token = self.next()
        return _("“%(text)s”") % {"text": token.text[:60]} if token else _("The end")


def _value(text: str, field: str, kind: str) -> str:
    value = text if text in _AS_WRITTEN else tidy(text)
    if field in _FEW and kind == "is" and value and value not in _FEW[field]:
        raise ConditionError(
            _("“%(value)s” is no %(field)s: it is one of %(known)s.")
            % {"value": value[:60], "field": field, "known": ", ".join(sorted(_FEW[field]))}
        )
    if not value and kind != "is":
        raise ConditionError(
            _('“%(test)s” needs a value. For nothing write: %(field)s is ""')
            % {"test": kind, "field": field}
        )
    return value


def _test_of(field: str, kind: str, values: tuple[str, ...]) -> Test:
    place = Visit._fields.index(field)
    match kind:
        case "is":
            known = frozenset(values)
            return lambda visit: visit[place] in known
        case "contains":
            return lambda visit: any(value in visit[place] for value in values)
        case "begins":
            return lambda visit: visit[place].startswith(values)
        case "ends":
            return lambda visit: visit[place].endswith(values)
    return lambda visit: any(_has_word(visit[place], value) for value in values)


def _has_word(text: str, start: str) -> bool:
    """Whether some word of the text begins so: what stands before it is no letter."""
    place = text.find(start)
    while place > 0 and text[place - 1].isalpha():
        place = text.find(start, place + 1)
    return place >= 0
