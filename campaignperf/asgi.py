"""ASGI entry point: the same program as `campaignperf.wsgi`, with a door of its own for single
leads and bookings. For servers that take many of them; docs/deployment.md says how.
"""

import sys

from a2wsgi import WSGIMiddleware

from campaignperf.serving import threads
from campaignperf.wsgi import application as pages

from attribution.ingest.loop import SingleItems  # isort: skip  # needs what `wsgi` has set up

# Seconds after which a thread lets another one go on. A turn that comes back from the database
# should not wait for the loop to have looked at all requests that have come meanwhile.
sys.setswitchinterval(0.001)
application = SingleItems(WSGIMiddleware(pages, workers=threads))  # type: ignore[arg-type]
