"""Kinds of file in the admin: read in words, renamed with what they brought, forgotten."""

import pytest

from spend.models import ColumnMapping, SpendEntry
from tests.attribution.import_files import take_in
from tests.factories import make_campaign
from tests.spend.admin.conftest import errors, fields, url

pytestmark = pytest.mark.django_db
FILE = "Aktion;Tag;Kosten\nspring;02.03.2026;1,50\n"
SAID = {
    "mapping": {"Aktion": "campaign", "Tag": "day", "Kosten": "amount"},
    "day_order": "dmy",
    "decimal_sign": ",",
}


@pytest.fixture
def kind(company):
    make_campaign(company, "spring")
    take_in(company, "spend", FILE, save_as="Agency sheet", **SAID)
    return ColumnMapping.objects.get()


def test_how_it_is_read_stands_in_words(client, kind, signed_in):
    signed_in("owner")
    page = client.get(url("columnmapping", "change", kind.pk)).content.decode()
    assert "“Kosten” is the amount." in page
    assert "Days are written day, month, year." in page
    assert "Amounts are written with a comma" in page
    assert (
        "Aktion · Tag · Kosten" in client.get(url("columnmapping", "changelist")).content.decode()
    )
    assert client.get(url("columnmapping", "add")).status_code == 403


def test_a_new_name_goes_for_what_such_files_brought_so_that_nothing_doubles(
    client, company, kind, signed_in
):
    signed_in()
    page = url("columnmapping", "change", kind.pk)
    form = fields(client.get(page))
    for taken in ("google-ads", "form"):
        assert "already" in errors(client.post(page, form | {"name": taken}))[0]
    assert errors(client.post(page, form | {"name": "Agency"})) == []
    assert SpendEntry.objects.get().source == "Agency"
    again = take_in(company, "spend", FILE.replace("1,50", "2,50"))
    assert (again.new, again.changed) == (0, 1)
    assert SpendEntry.objects.get().amount_minor == 250


def test_one_that_is_forgotten_leaves_what_it_brought(client, kind, signed_in):
    signed_in()
    client.post(url("columnmapping", "delete", kind.pk), {"post": "yes"})
    assert not ColumnMapping.objects.exists()
    assert SpendEntry.objects.get().source == "Agency sheet"


def test_when_it_was_changed_is_said_in_the_zone_of_the_company(client, company, kind, signed_in):
    signed_in()
    company.timezone = "Asia/Tokyo"
    company.save()
    ColumnMapping.objects.update(updated_at="2026-03-01T20:30:00Z")
    for page in (url("columnmapping", "changelist"), url("columnmapping", "change", kind.pk)):
        assert "2 Mar 2026, 05:30" in client.get(page).content.decode()
