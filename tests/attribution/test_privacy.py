"""What is kept of persons, and that nothing is left of them once they are erased."""

import json
from datetime import UTC, datetime, timedelta
from importlib import import_module
from io import StringIO
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from attribution import scope, triggers
from attribution.capture import refusals
from attribution.capture.doors import Door
from attribution.capture.items import read_lead
from attribution.capture.store import take_leads
from attribution.capture.values import Refused
from attribution.channels.origins import law_of
from attribution.models import Lead, Refusal, Touchpoint
from attribution.privacy.erasing import erase
from attribution.privacy.keeping import email_key, kept_link, phone_key
from attribution.privacy.persons import leads_of
from attribution.privacy.retention import forget_refused, retire
from reports.query import ReportQuery
from reports.report import run_report
from reports.serialize import as_json
from tests.factories import make_booking, make_company, make_lead, make_spend, make_user

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DOOR = Door("api", NOW)
PERSON = {"name": "Änne Berg", "email": "Aenne@Example.org", "phone": "+49 170 1234567"}
NEEDLES = ("änne", "aenne", "1234567", "198.51.100.7")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everything_in_scope():
    with scope.all_companies():
        yield


def take(company, **fields):
    take_leads(company, DOOR, [read_lead({"id": "L-1", **PERSON, "ip": "198.51.100.7"} | fields)])
    return Lead.objects.get(company=company, external_id=fields.get("id", "L-1"))


def columns(lead):
    return lead.name, lead.email, lead.phone, lead.ip


def test_only_what_the_company_keeps_is_stored():
    everything = make_company(keeps_email=True, keeps_phone=True, keeps_ip=True)
    assert columns(take(everything)) == (*PERSON.values(), "198.51.100.7")
    nothing = make_company(keeps_email=False, keeps_phone=False)
    lead = take(nothing)
    assert columns(lead) == ("", "", "", "")
    assert (lead.person_email, lead.person_phone) == (
        email_key(nothing.pk, " aenne@example.ORG"),
        phone_key(nothing.pk, "0049-170-1234567"),
    )
    assert lead.person_email != email_key(everything.pk, PERSON["email"])


def test_files_and_forms_keep_the_same(tmp_path):
    company = make_company(keeps_email=False, keeps_phone=True)
    path = tmp_path / "leads.csv"
    path.write_text(
        "id,received_at,name,email,phone,landing_page\n"
        "file,2026-03-01T10:00:00Z,Änne Berg,aenne@example.org,+49 170 1234567,"
        "https://a.example/?utm_source=x&mail=aenne%40example.org\n"
    )
    call_command("import_leads", str(path), company=company.slug, stdout=StringIO())
    make_lead(company, external_id="form", received_at=NOW - timedelta(days=90), **PERSON)
    sent = take(company, landing_page="https://a.example/?utm_source=x&mail=aenne%40example.org")
    file, form = (Lead.objects.get(external_id=name) for name in ("file", "form"))
    assert {columns(one) for one in (file, form, sent)} == {("", "", "+49 170 1234567", "")}
    assert {one.person_email for one in (file, form, sent)} == {sent.person_email}
    assert {one.person_phone for one in (file, form, sent)} == {sent.person_phone}
    assert {one.landing_page for one in (file, sent)} == {"https://a.example/?utm_source=x&mail="}


@pytest.mark.parametrize(
    ("link", "stored"),
    [
        ("https://a.example/?e=a%40b.c&x=1#m=d@e.f", "https://a.example/?e=&x=1#m="),
        ("https://a.example/?utm_source=a@b.c", "https://a.example/?utm_source=a@b.c"),
        ("https://a.example/@name/?x=1", "https://a.example/@name/?x=1"),
        ("", ""),
    ],
)
def test_addresses_in_links_are_not_kept_where_none_are(link, stored):
    assert kept_link(make_company(keeps_email=False), link) == stored
    assert kept_link(make_company(keeps_email=True), link) == link


def test_a_lead_that_comes_again_does_not_differ_by_what_was_not_kept():
    company = make_company(keeps_email=False)
    item = read_lead({"id": "L-1", "landing_page": "https://a.example/?mail=a%40b.c"})
    first, again = (take_leads(company, DOOR, [item])[0] for __ in range(2))
    assert (first.status, again.status, again.differs) == ("stored", "repeated", False)


def test_what_a_file_says_and_nobody_keeps_is_said(tmp_path):
    company = make_company(keeps_email=False, keeps_phone=True)
    path = tmp_path / "leads.csv"
    path.write_text("id,received_at,email,phone\n1,2026-03-01T10:00:00Z,a@b.example,12345\n")
    out = StringIO()
    call_command("import_leads", str(path), company=company.slug, stdout=out)
    assert f"Not stored: email. {company.name} does not keep them" in out.getvalue()


def test_a_form_that_changes_something_else_keeps_the_persons_key():
    lead = take(make_company(keeps_email=False))
    key = lead.person_email
    lead.city = "Bonn"
    lead.save()
    lead.refresh_from_db()
    assert (lead.city, lead.person_email) == ("Bonn", key)


def report(company):
    day = NOW.date()
    return as_json(run_report(ReportQuery(company=company, start=day, end=day)))


@pytest.fixture
def known_everywhere():
    """A company in which one person stands in every table that can name persons."""
    company = make_company(keeps_email=True, keeps_phone=True, keeps_ip=True)
    lead = take(
        company,
        utm_campaign="spring",
        landing_page="https://a.example/?utm_campaign=spring&mail=Aenne%40example.org",
        referrer="https://b.example/?u=aenne@example.org",
        touches=[
            {
                "at": "2026-03-01T10:00:00Z",
                "utm_campaign": "spring",
                "landing_page": "https://a.example/?m=AENNE@example.org",
            }
        ],
    )
    make_booking(lead, "completed", 100_00)
    make_spend(company, "spring", 50_00)
    payload = json.dumps({"id": "L-2", **PERSON})
    refused = Refused("invalid", "received_at", "“aenne@example.org” is no moment.")
    refusals.keep(company, DOOR, "lead", payload, refused, "L-2")
    return company, lead


def dump():
    """Every text of every table."""
    for model in apps.get_models():
        manager = getattr(model, "objects", model._default_manager)
        for row in manager.values_list():
            for value in row:
                yield model.__name__, str(value).casefold()


def named():
    return {(table, needle) for table, text in dump() for needle in NEEDLES if needle in text}


def test_nothing_is_left_of_a_person_that_was_erased_and_no_total_changes(known_everywhere):
    company, __ = known_everywhere
    other = take(company, id="L-3", name="Bo", email="bo@example.org", phone="", ip="")
    before = report(company)
    assert {table for table, __ in named()} == {"Lead", "Touchpoint", "Refusal"}
    command = ["person", "--company", company.slug, "--email", "aenne@EXAMPLE.org", "erase"]
    call_command(*command, stdout=StringIO())
    assert named()
    call_command(*command, "--yes", stdout=StringIO())
    assert named() == set()
    assert report(company) == before
    other.refresh_from_db()
    assert (other.email, Refusal.objects.count()) == ("bo@example.org", 1)
    assert Touchpoint.objects.get().utm_campaign == "spring"


def test_click_ids_of_a_person_are_emptied_and_the_channel_is_the_same(company):
    clicks = {"mkt_tok": "to-aenne", "gclid": "aenne-clicked"}
    touch = {"at": "2026-03-01T12:00:00Z", "click_ids": {"_hsenc": "p-aenne"}}
    lead = take(company, click_ids=clicks, touches=[touch])
    before = law_of(company).origin(lead.captured())
    erase([lead])
    lead.refresh_from_db()
    [left] = Touchpoint.objects.filter(lead=lead)
    assert (lead.click_ids, left.click_ids) == ({"mkt_tok": "", "gclid": ""}, {"_hsenc": ""})
    assert law_of(company).origin(lead.captured()) == before
    assert lead.channel == before.channel


def test_an_upgrade_empties_those_of_persons_who_were_erased_before(company):
    touch = {"at": "2026-03-01T12:00:00Z", "click_ids": {"mkt_tok": "to-aenne"}}
    erased = take(company, click_ids={"gclid": "aenne-clicked"}, touches=[touch])
    other = take(company, id="L-2", click_ids={"gclid": "other"})
    Lead.objects.filter(pk=erased.pk).update(erased_at=NOW)
    upgrade = import_module("attribution.migrations.0014_erased_click_ids")
    upgrade.empty(apps, SimpleNamespace(connection=connection))
    triggers.install("default")
    found = {lead.pk: lead.click_ids for lead in Lead.objects.filter(company=company)}
    assert found == {erased.pk: {"gclid": ""}, other.pk: {"gclid": "other"}}
    assert Touchpoint.objects.get(lead=erased).click_ids == {"mkt_tok": ""}


def test_everything_of_a_person_is_given_out(known_everywhere, tmp_path):
    company, __ = known_everywhere
    file = tmp_path / "person.json"
    named = ["--company", company.slug, "--phone", "0049 170 1234567"]
    call_command("person", *named, "export", str(file), stdout=StringIO())
    found = json.loads(file.read_text())
    [lead] = found["leads"]
    assert {name: lead[name] for name in PERSON} == PERSON
    assert (lead["ip"], lead["campaign_id"] > 0) == ("198.51.100.7", True)
    assert [touch["landing_page"][-18:] for touch in lead["touches"]] == [
        "?m=AENNE@example.org"[-18:]
    ]
    assert [booking["value_minor"] for booking in lead["bookings"]] == [100_00]
    assert json.loads(found["refused"][0]["as_sent"])["name"] == "Änne Berg"


def test_persons_of_other_companies_are_not_found(known_everywhere):
    other = make_company()
    assert leads_of(other, email=PERSON["email"]) == []
    assert leads_of(other, lead="L-1") == []


def test_persons_are_erased_by_age():
    company = make_company(retention_days=30)
    old = make_lead(company, received_at=timezone.now() - timedelta(days=31), **PERSON)
    young = make_lead(company, received_at=timezone.now() - timedelta(days=29), **PERSON)
    assert (retire(company), retire(company)) == (1, 0)
    old.refresh_from_db()
    young.refresh_from_db()
    assert (columns(old), old.person_email) == (("", "", "", ""), "")
    assert columns(young)[:3] == tuple(PERSON.values())
    company.retention_days = None
    assert retire(company) == 0


def test_what_was_refused_long_ago_is_not_kept_as_it_was_sent():
    company = make_company()
    for days in (1, 91):
        door = DOOR._replace(at=timezone.now() - timedelta(days=days))
        refusals.keep(company, door, "lead", "{}", Refused("invalid", "id", "No."), str(days))
    assert (forget_refused(company), forget_refused(company)) == (1, 0)
    assert dict(Refusal.objects.values_list("external_id", "payload")) == {
        "1": "{}",
        "91": "[erased]",
    }


PAGE = "/admin/tools/person/"


@pytest.fixture
def sign_in(client, known_everywhere):
    def as_(role):
        client.force_login(make_user(known_everywhere[0], role))

    return as_


def test_the_page_finds_a_person_and_gives_all_out(client, known_everywhere, sign_in):
    sign_in("company_admin")
    html = client.get(PAGE).content.decode()
    assert "Erase this person" not in html
    asked = {"email": "AENNE@example.org"}
    html = client.post(PAGE, asked | {"find": "1"}).content.decode()
    assert "<b>1</b> lead of this person; refused events that name them: 1." in html
    answer = client.post(PAGE, asked | {"export": "1"})
    assert answer["Content-Disposition"] == 'attachment; filename="person.json"'
    assert json.loads(answer.content)["leads"][0]["email"] == PERSON["email"]


def test_the_page_erases_who_was_ticked_off_alone(client, known_everywhere, sign_in):
    sign_in("company_admin")
    asked = {"phone": PERSON["phone"], "erase": "1"}
    assert "Nothing was erased. Tick the box" in client.post(PAGE, asked).content.decode()
    assert named()
    html = client.post(PAGE, asked | {"certain": "on"}, follow=True).content.decode()
    assert "The person was erased from 1 lead. No total has changed." in html
    assert named() == set()


def test_the_page_says_when_there_is_nobody_or_nobody_was_named(client, sign_in):
    sign_in("company_admin")
    assert (
        "Nothing is kept of this person" in client.post(PAGE, {"email": "x@y.z"}).content.decode()
    )
    assert "Name the person by at least one of these." in client.post(PAGE, {}).content.decode()


@pytest.mark.parametrize("role", ["viewer", "owner", "utm_admin"])
def test_the_page_is_for_company_admins(client, sign_in, role):
    sign_in(role)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"email": PERSON["email"], "export": "1"}).status_code == 403
