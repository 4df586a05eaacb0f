"""Files of leads and bookings with headings of their own: proposed, named, recognised."""

import io
import json
from contextlib import suppress

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from attribution.imports.bookings import BookingImporter
from attribution.imports.lead_fields import FIELDS
from attribution.imports.mapping import said_pairs
from attribution.imports.mapping_words import propose
from attribution.models import Booking, FileMapping, Lead
from tests.attribution.uploads import upload
from tests.factories import make_lead

GERMAN = "Eingegangen am,Kundennr.,Quelle,Kampagne,E-Mail-Adresse,Notiz\n"
ROW = "2026-03-02 10:00,K-1,google,Spring,anna@example.org,x\n"


def test_headings_are_proposed_by_their_sound():
    headers = GERMAN.strip().split(",")
    assert propose(headers, {}, FIELDS) == {
        "Eingegangen am": "received_at",
        "Quelle": "utm_source",
        "Kampagne": "utm_campaign",
        "E-Mail-Adresse": "email",
    }
    found = propose(["Submission Date", "Deal Stage", "Mobile"], {}, FIELDS)
    assert found == {
        "Submission Date": "received_at",
        "Deal Stage": "booking_status",
        "Mobile": "phone",
    }


def test_what_is_placed_is_proposed_to_nobody_else():
    assert propose(["Datum", "Date"], {"Date": "received_at"}, FIELDS) == {}
    assert propose(["Notes", "Comment", "x"], {}, BookingImporter.fields) == {}


@given(st.lists(st.text(max_size=20), max_size=6))
def test_each_field_is_proposed_once_at_most(headers):
    found = propose(headers, {}, FIELDS)
    assert len(set(found.values())) == len(found)
    assert set(found) <= set(headers)


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["Datum=received_at"], {"Datum": "received_at"}),
        (["received_at=Datum"], {"Datum": "received_at"}),
        (["received_at=Datum,email=Mail"], {"Datum": "received_at", "Mail": "email"}),
        (["Name, first=name"], {"Name, first": "name"}),
        (["a=b=email"], {"a=b": "email"}),
        (["Who=nobody"], {"Who": "nobody"}),  # said later, with what there is
    ],
)
def test_pairs_are_understood_either_way_round(texts, found):
    assert said_pairs(texts, FIELDS) == found


def test_what_is_no_pair_is_refused():
    with pytest.raises(ValueError, match="HEADING=FIELD"):
        said_pairs(["Datum"], FIELDS)


@pytest.fixture
def taken(company, tmp_path):
    """Runs import_leads on a text; gives what it printed, as JSON or as it is."""

    def run(text, *options, kind="leads"):
        file = tmp_path / "file.csv"
        file.write_text(text)
        out, err = io.StringIO(), io.StringIO()
        with suppress(CommandError):
            call_command(
                *(f"import_{kind}", file, "--company", company.slug, "--json", *options),
                stdout=out,
                stderr=err,
            )
        return json.loads(out.getvalue()), err.getvalue()

    return run


@pytest.mark.django_db
def test_a_kind_of_file_is_named_once_and_read_from_then_on(company, taken):
    mapping = ["--map", "received_at=Eingegangen am,id=Kundennr.", "--map", "Kampagne=utm_campaign"]
    assert taken(GERMAN + ROW)[0]["error_count"] == 1
    found, __ = taken(GERMAN + ROW, *mapping, "--save-mapping", "Kundenliste")
    assert found["new"] == 1
    saved = FileMapping.objects.get()
    assert (saved.name, saved.kind) == ("Kundenliste", "leads")
    assert saved.options["mapping"] == {
        "Eingegangen am": "received_at",
        "Kundennr.": "id",
        "Kampagne": "utm_campaign",
    }
    # The columns in another order, and in other capitals.
    again = "kampagne,NOTIZ,Kundennr.,Quelle,e-mail-adresse,Eingegangen am\n"
    found, __ = taken(again + "Summer,y,K-2,bing,b@example.org,2026-03-03 11:00\n")
    assert (found["new"], found["program"]) == (1, "Kundenliste")
    assert Lead.objects.get(external_id="K-2").utm_campaign == "Summer"


@pytest.mark.django_db
def test_what_is_said_now_goes_before_what_was_said(company, taken):
    text = "Wann,Auch,Wer\n2026-03-02,2026-04-02,K-1\n"
    said = ["--map", "Wann=received_at", "--map", "Wer=id"]
    taken(text, *said, "--save-mapping", "One")
    other = "Wann,Auch,Wer\n2026-03-02,2026-04-02,K-2\n"
    found, __ = taken(other, "--map", "Auch=received_at")
    assert (found["error_count"], found["new"]) == (0, 1)
    assert Lead.objects.get(external_id="K-2").received_at.month == 4


@pytest.mark.django_db
def test_words_and_orders_are_remembered_as_well(company, taken):
    make_lead(company, external_id="L-1")
    text = 'Anfrage,Stand,Betrag\nL-1,Gewonnen,"12,50"\n'
    said = ["--map", "Anfrage=lead", "--map", "Stand=status", "--map", "Betrag=value"]
    said += ["--value", "Stand:Gewonnen=completed", "--decimal", ","]
    found, __ = taken(text, *said, "--save-mapping", "Won", kind="bookings")
    assert found["new"] == 1, found
    make_lead(company, external_id="L-2")
    found, __ = taken(text.replace("L-1", "L-2"), kind="bookings")
    assert found["new"] == 1, found
    assert [one.value_minor for one in Booking.objects.all()] == [1250, 1250]


@pytest.mark.django_db
def test_the_command_proposes_in_words(company, tmp_path):
    file = tmp_path / "file.csv"
    file.write_text(GERMAN + ROW)
    err = io.StringIO()
    with pytest.raises(CommandError):
        call_command("import_leads", file, "--company", company.slug, stderr=err)
    assert '--map "Eingegangen am=received_at"' in err.getvalue()


# In the admin


@pytest.mark.django_db
def test_the_check_page_proposes_and_the_file_gets_a_name(client, signed_in, company):
    signed_in("company_admin")
    page = upload(client, company, GERMAN + ROW)["Location"]
    answer = client.get(page)
    text = answer.content.decode()
    assert "“Eingegangen am” → received_at" in text
    form = answer.context["form"]
    given = {field.html_name: field.value() or "" for field in [*form.columns(), *form.others()]}
    answer = client.post(page, given | {"save_as": "Kundenliste"}, follow=True)
    outcome = answer.context["outcome"]
    assert outcome.error_count == 0
    assert outcome.new == 1
    token = page.rstrip("/").rpartition("/")[2]
    client.post(reverse("admin:attribution_lead_process_import"), {"token": token})
    assert Lead.objects.get().utm_campaign == "Spring"
    assert FileMapping.objects.get().name == "Kundenliste"
    # The next one is understood without a word.
    page = upload(client, company, GERMAN + ROW.replace("Spring", "Summer"))["Location"]
    answer = client.get(page)
    assert answer.context["outcome"].error_count == 0
    assert "read as Kundenliste" in answer.content.decode()


@pytest.mark.django_db
def test_kinds_of_file_are_renamed_and_forgotten(client, signed_in, company):
    signed_in("owner")
    one = FileMapping.objects.create(
        company=company,
        kind="leads",
        name="One",
        headers_key="x",
        headers=["Wann"],
        options={"mapping": {"Wann": "received_at"}, "values": {"Stand": {"ja": "completed"}}},
    )
    name = "admin:attribution_filemapping"
    assert "One" in client.get(reverse(f"{name}_changelist")).content.decode()
    change = reverse(f"{name}_change", args=[one.pk])
    text = client.get(change).content.decode()
    assert "“Wann” is the received." in text
    assert "“ja” means “completed”" in text
    client.post(change, {"name": "  Two  "})
    assert FileMapping.objects.get().name == "Two"
    client.post(reverse(f"{name}_delete", args=[one.pk]), {"post": "yes"})
    assert not FileMapping.objects.exists()
