"""How much is left to chance: EFFORT=10 tries ten times as many random histories as usual."""

import os

EFFORT = int(os.environ.get("EFFORT", "1"))
