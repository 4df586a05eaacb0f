"""Through which door something came, and what is known of whoever stood before it."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from attribution.models import IngestKey

ADMIN = "admin"
IMPORT = "import"
API = "api"
SNIPPET = "snippet"
WEBHOOK = "webhook:"  # and the name of the source
SENT = Q(came_by__in=(API, SNIPPET)) | Q(came_by__startswith=WEBHOOK)  # by a program


def words(came_by: str) -> str:
    """A lead's way in, as people call it."""
    if came_by.startswith(WEBHOOK):
        return _("Webhook %(name)s") % {"name": came_by.removeprefix(WEBHOOK)}
    names = {
        API: _("HTTP ingest"),
        SNIPPET: _("Website tag"),
        IMPORT: _("Files"),
        ADMIN: _("Entered by hand"),
    }
    return names.get(came_by, _("Not known (before ways were noted)"))


class Door(NamedTuple):
    """One request. `agent` and `ip` are the visitor's own, and empty where a server sends."""

    came_by: str
    at: datetime  # when it arrived
    key: IngestKey | None = None
    agent: str = ""
    ip: str = ""
