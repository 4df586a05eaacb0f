"""What owners write about a campaign: texts of one line, tags, and the company's own spellings.

A tag is in small letters, so no two tags differ in their capitals alone. The other texts stay as
written, but whoever writes `chicago` where the company has `Chicago` gets the latter.
"""

import re
import unicodedata
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FACTS = ("type", "goal", "segment", "location", "language")  # each one text, often the same
TEXT_LENGTH = 80
TAG_LENGTH = 50
TAGS_LENGTH = 500  # of all tags of a campaign, with what stands between them
BETWEEN = "; "
NOTHING = "(none)"  # what reports call a campaign without a value, and so no value itself
_SPACES = re.compile(r"\s+")
_SEPARATORS = re.compile(r"[;|\r\n]")
_UNSEEN = ("Cf", "Cc", "Cs")


def one_line(text: str) -> str:
    """The text without invisible characters, single spaces between words, and none around."""
    found = _SPACES.sub(" ", text)
    if not found.isprintable():
        found = "".join(c for c in found if unicodedata.category(c) not in _UNSEEN)
    found = _SPACES.sub(" ", unicodedata.normalize("NFC", found)).strip()
    return "" if found.casefold() == NOTHING else found


def tag(text: str) -> str:
    """One tag as it is kept: NFKC and in small letters. It is its own tag."""
    found = one_line(text)
    while found != (again := one_line(unicodedata.normalize("NFKC", found).casefold())):
        found = again
    return found


def tag_asked(text: str) -> str:
    """The same as filters ask for it: `(none)` is campaigns without a tag."""
    return NOTHING if text.strip().casefold() == NOTHING else tag(text)


def tags_in(text: str) -> tuple[str, ...]:
    """The tags of a text that separates them by `;` or `|`, each once, in order of the alphabet."""
    return tuple(sorted({found for part in _SEPARATORS.split(text) if (found := tag(part))}))


def tidy_tags(text: str) -> str:
    """The same as the one text that is stored."""
    return BETWEEN.join(tags_in(text))


def refuse_long_tags(text: str) -> None:
    """Raise ValidationError where a tag, or all of them together, are too long to keep."""
    for one in tags_in(text):
        if len(one) > TAG_LENGTH:
            raise ValidationError(
                _(
                    "The tag “%(tag)s…” has more than %(most)s characters. Shorten it, or separate "
                    "tags by ; or |."
                )
                % {"tag": one[:20], "most": TAG_LENGTH}
            )
    if len(tidy_tags(text)) > TAGS_LENGTH:
        raise ValidationError(
            _("These tags have more than %(most)s characters together. Leave some out.")
            % {"most": TAGS_LENGTH}
        )


class Spellings:
    """How a company writes its values already; the first spelling of each is the one that holds."""

    def __init__(self, rows: Iterable[tuple[str, ...]]) -> None:
        """Rows with one text for each of `FACTS`."""
        self._known: dict[str, dict[str, str]] = {name: {} for name in FACTS}
        for row in rows:
            for name, text in zip(FACTS, row, strict=True):
                self.take(name, text)

    def take(self, name: str, text: str) -> str:
        """The text in the company's own spelling; a new one is remembered."""
        return self._known[name].setdefault(text.casefold(), text) if text else text

    def of(self, name: str) -> list[str]:
        """All values of one of `FACTS`, by the alphabet."""
        return sorted(self._known[name].values(), key=str.casefold)
