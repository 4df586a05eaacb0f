"""Files of spend as the platforms write them: what a file is, without being told.

A format is one class in a module of its own: its names of headings (folded: small letters, no
accents, blanks for hyphens and underscores), and `recognises(head)`, which looks at a line of
headings and the lines above it and answers yes only to what no other program writes. It goes into
the registry by one line, before any format that would say yes to its files too, and gets a small
fixture with its sums in the tests. `recognise` does the rest for all of them.
"""

from spend.formats.contract import Layout, Question, Records, Said, Skip
from spend.formats.periods import parse_period
from spend.formats.recognition import recognise
from spend.formats.registry import FORMATS, labels
from spend.formats.spreading import spread

__all__ = [
    "FORMATS",
    "Layout",
    "Question",
    "Records",
    "Said",
    "Skip",
    "labels",
    "parse_period",
    "recognise",
    "spread",
]
