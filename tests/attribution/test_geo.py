"""Where addresses lie: by the owner's file, or not known."""

import os

import pytest

from attribution import geo
from tests.attribution import mmdb

BERLIN = {
    "country": {"iso_code": "DE", "names": {"en": "Germany"}},
    "subdivisions": [{"names": {"en": "State of Berlin", "de": "Berlin"}}],
    "city": {"names": {"en": "Berlin"}},
}


@pytest.fixture
def database(settings, tmp_path):
    settings.GEOIP_DATABASE = str(tmp_path / "places.mmdb")

    def write(places):
        return mmdb.write(tmp_path / "places.mmdb", places)

    return write


def test_country_region_and_city(database):
    database({"8.8.8.0/24": BERLIN, "9.9.0.0/16": {"registered_country": {"iso_code": "CH"}}})
    assert geo.where("8.8.8.8") == ("DE", "State of Berlin", "Berlin")
    assert geo.where("9.9.9.9") == ("CH", "", "")
    assert geo.where("1.1.1.1") == geo.NOWHERE


@pytest.mark.parametrize(
    "ip", ["", "10.0.0.1", "127.0.0.1", "::1", "8.8.8", "x" * 500, "8.8.8.8%1"]
)
def test_what_lies_nowhere(database, ip):
    database({"0.0.0.0/1": BERLIN})
    assert geo.where(ip) == geo.NOWHERE


def test_a_new_file_is_read_from_then_on(database):
    path = database({"8.8.8.0/24": BERLIN})
    assert geo.where("8.8.8.8").country == "DE"
    database({"8.8.8.0/24": {"country": {"iso_code": "FR"}}})
    os.utime(path, ns=(1, 1))
    assert geo.where("8.8.8.8").country == "FR"


def test_without_a_readable_file_nothing_is_known(settings, database, caplog):
    assert geo.where("8.8.8.8") == geo.NOWHERE  # named, but not there
    path = database({"8.8.8.0/24": BERLIN})
    path.write_bytes(b"no database")
    assert geo.where("8.8.8.8") == geo.NOWHERE
    assert "cannot be read" in caplog.text
    settings.GEOIP_DATABASE = ""
    assert geo.where("8.8.8.8") == geo.NOWHERE
