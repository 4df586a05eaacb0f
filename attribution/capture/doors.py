"""Through which door something came, and what is known of whoever stood before it."""

from datetime import datetime
from typing import NamedTuple

from attribution.models import IngestKey

ADMIN = "admin"
IMPORT = "import"
API = "api"
SNIPPET = "snippet"
WEBHOOK = "webhook:"  # and the name of the source


class Door(NamedTuple):
    """One request. `agent` and `ip` are the visitor's own, and empty where a server sends."""

    came_by: str
    at: datetime  # when it arrived
    key: IngestKey | None = None
    agent: str = ""
    ip: str = ""
