"""In which country, region and city an address lies, by a database file that the owner supplies.

The file is of MaxMind's form (.mmdb), such as GeoLite2 City or DB-IP City Lite. Without one nothing
is known of addresses, and what leads say of themselves counts.
"""

import logging
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple

import maxminddb
from django.conf import settings

logger = logging.getLogger(__name__)
LANGUAGE = "en"


class Where(NamedTuple):
    """Country as ISO code, and names in English; empty: not known."""

    country: str = ""
    region: str = ""
    city: str = ""


NOWHERE = Where()


def where(ip: str) -> Where:
    """Where the address lies; nothing of private ones, and of what is no address."""
    path = settings.GEOIP_DATABASE
    if not path or not ip:
        return NOWHERE
    try:
        address = ip_address(ip)
        changed = Path(path).stat().st_mtime_ns
    except (ValueError, OSError):
        return NOWHERE
    if not address.is_global:
        return NOWHERE
    return _where(path, changed, str(address))


@lru_cache(maxsize=16_384)
def _where(path: str, changed: int, ip: str) -> Where:
    reader = _opened(path, changed)
    found: Any = reader.get(ip) if reader is not None else None
    if not isinstance(found, dict):
        return NOWHERE
    country = found.get("country") or found.get("registered_country") or {}
    regions = found.get("subdivisions") or [{}]
    return Where(
        country=country.get("iso_code", "")[:60],
        region=_name(regions[0])[:120],
        city=_name(found.get("city") or {})[:120],
    )


@lru_cache(maxsize=2)
def _opened(path: str, changed: int) -> Any:
    """Once for each version of the file: a new one is read from its first question on."""
    try:
        return maxminddb.open_database(path)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError):
        logger.exception("The file of GEOIP_DATABASE cannot be read.")
        return None


def _name(place: Any) -> str:
    names = place.get("names") or {}
    return str(names.get(LANGUAGE) or next(iter(names.values()), ""))
