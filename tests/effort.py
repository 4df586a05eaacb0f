"""How much is left to chance: EFFORT=10 tries ten times as many random histories as usual.

And every page is looked at in each width with each scheme of colours, the contrast of every text
measured.
"""

import os

EFFORT = int(os.environ.get("EFFORT", "1"))
