"""Which leads are counted apart, and why: bots, blocked ones, tests, follow-ups, and marks."""

from attribution.capture.judging.given import Judgement
from attribution.capture.judging.judge import judge

__all__ = ["Judgement", "judge"]
