"""Notes: written, changed and deleted by who may, and marked in the chart of their days."""

import html
import re
from datetime import date

import pytest
import time_machine

from attribution import scope
from attribution.models import Campaign, Company
from reports.models import Note
from reports.notes.flags import Mark, by_place
from tests.factories import make_company, make_user
from tests.reports.by_hand import JUNE
from tests.reports.march import ADDRESS, MARCH

pytestmark = pytest.mark.django_db
NOTES = "/admin/reports/notes/"


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(JUNE, tick=False):
        yield


@pytest.fixture
def march(march_rows, db):
    with scope.company_scope([march_rows]):
        yield Company.objects.get(pk=march_rows)


@pytest.fixture
def owner(march, client):
    person = make_user(march, "owner")
    client.force_login(person)
    return person


def text_of(answer):
    shown = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return html.unescape(re.sub(r"\s+", " ", shown)).replace("\u00a0", " ")


def make_note(company, day, text="Fair", **values):
    return Note.objects.create(company=company, first_day=day, text=text, **values)


def test_a_note_is_written_and_marked_in_the_chart_of_the_report(client, owner, march):
    sent = {"first_day": "2026-03-30", "last_day": "2026-04-02", "text": " A  <b>fair</b> "}
    answer = client.post(f"{NOTES}?company={march.slug}", sent)
    assert answer.status_code == 302
    note = Note.objects.get()
    assert (note.text, note.author, note.campaign) == ("A <b>fair</b>", owner, None)
    page = client.get(ADDRESS, MARCH)
    shown, markup = text_of(page), page.content.decode()
    assert "30 Mar – 2 Apr 2026 A <b>fair</b>" in shown
    assert 'href="#note-1" aria-label="Note 1: A &lt;b&gt;fair&lt;/b&gt;"' in markup
    assert '<li id="note-1" value="1">' in markup
    assert "A <b>fair</b>" not in markup
    in_april = MARCH | {"from": "2026-04-02", "to": "2026-04-30"}  # its last day
    assert "cp-flag" in client.get(ADDRESS, in_april).content.decode()
    in_may = MARCH | {"from": "2026-04-03", "to": "2026-05-30"}
    assert "fair" not in text_of(client.get(ADDRESS, in_may))


def test_a_note_about_a_campaign_is_in_no_chart_of_the_whole_company(client, owner, march):
    spring = Campaign.objects.get(key="spring")
    sent = {"first_day": "2026-03-02", "text": "New pictures"}
    answer = client.post(f"{NOTES}?company={march.slug}&campaign={spring.pk}", sent)
    assert answer["Location"] == f"/admin/reports/campaign/{spring.pk}/"
    assert Note.objects.get().campaign == spring
    assert "New pictures" not in text_of(client.get(ADDRESS, MARCH))
    assert "New pictures" in text_of(client.get(NOTES))
    assert client.post(f"{NOTES}?company={march.slug}&campaign=999", sent).status_code == 404


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"text": "  "}, "This field is required."),
        ({"text": "x" * 201}, "at most 200 characters"),
        ({"last_day": "2026-03-01"}, "The last day comes before the first day."),
        ({"first_day": "0026-03-01"}, "is not between the year 2000 and a year from now"),
        ({"first_day": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(client, owner, march, values, sentence):
    sent = {"first_day": "2026-03-02", "last_day": "", "text": "Fair"} | values
    assert sentence in text_of(client.post(f"{NOTES}?company={march.slug}", sent))
    assert not Note.objects.exists()


def test_only_its_author_and_admins_change_a_note(client, owner, march):
    note = make_note(march, date(2026, 3, 2), author=owner)
    page = f"{NOTES}{note.pk}/"
    sent = {"do": "save", "first_day": "2026-03-03", "text": "Trade fair"}
    for role, status in (("viewer", 403), ("utm_admin", 403), ("owner", 403)):
        client.force_login(make_user(march, role))
        assert client.post(page, sent).status_code == status
        assert page not in client.get(ADDRESS, MARCH).content.decode()
    client.force_login(owner)
    assert page in client.get(ADDRESS, MARCH).content.decode()
    assert client.post(page, sent).status_code == 302
    note.refresh_from_db()
    assert (note.text, note.first_day, note.author) == ("Trade fair", date(2026, 3, 3), owner)
    client.force_login(make_user(march, "company_admin"))
    assert client.post(page, {"do": "delete"}).status_code == 302
    assert not Note.objects.exists()


def test_viewers_read_and_write_none(client, march):
    make_note(march, date(2026, 3, 2))
    client.force_login(make_user(march, "viewer"))
    page = client.get(NOTES)
    assert "Fair" in text_of(page)
    assert "Save note" not in text_of(page)
    sent = {"first_day": "2026-03-02", "text": "Mine"}
    assert client.post(f"{NOTES}?company={march.slug}", sent).status_code == 403
    assert "Add note" not in text_of(client.get(ADDRESS, MARCH))


def test_who_lost_the_right_to_write_changes_not_even_own_notes(client, owner, march):
    note = make_note(march, date(2026, 3, 2), author=owner)
    owner.membership_set.update(role="viewer")
    assert client.get(f"{NOTES}{note.pk}/").status_code == 403


def test_a_note_cannot_be_about_a_campaign_of_another_company(client, owner, march):
    with scope.all_companies():
        theirs = Campaign.objects.create(company=make_company(), key="theirs")
    sent = {"first_day": "2026-03-02", "text": "Fair"}
    answer = client.post(f"{NOTES}?company={march.slug}&campaign={theirs.pk}", sent)
    assert answer.status_code == 404


def test_marks_stand_at_the_point_of_their_day():
    start = date(2026, 3, 1)
    days = [date(2026, 2, 20), date(2026, 3, 7), date(2026, 3, 8), date(2026, 3, 31)]
    marks = [Mark(number, day, "") for number, day in enumerate(days, 1)]
    placed = by_place(marks, start, 7)
    assert {place: [one.number for one in here] for place, here in placed.items()} == {
        0: [1, 2],
        1: [3],
        4: [4],
    }


def test_the_list_is_paged_and_needs_few_queries(
    client, owner, march, django_assert_max_num_queries
):
    for number in range(60):
        make_note(march, date(2026, 1, 1), f"note {number:02}", author=owner)
    with django_assert_max_num_queries(8):
        page = client.get(NOTES)
    assert len(page.context["rows"]) == 50
    assert "Next" in text_of(page)
    assert len(client.get(NOTES, {"page": 2}).context["rows"]) == 10
