"""Files of touches: what is recognised, what is refused, what is counted and left out."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from attribution import scope
from attribution.models import ImportRun, Touchpoint
from attribution.touches.importer import WITHOUT_LEAD
from tests.attribution.import_files import check, take_in, texts
from tests.factories import make_company, make_lead

pytestmark = pytest.mark.django_db
CAME = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def company(db):
    with scope.all_companies():
        company = make_company(slug="acme", timezone="Europe/Berlin")
        make_lead(company, external_id="L1", received_at=CAME)
        make_lead(company, external_id="L2", received_at=CAME)
        yield company


def rows():
    found = Touchpoint.objects.order_by("lead__external_id", "at", "pk")
    return [
        (one.lead.external_id, f"{one.at:%d %H:%M:%S}", one.utm_source, one.utm_campaign)
        for one in found.select_related("lead")
    ]


def test_the_headings_of_a_session_list_are_recognised_and_short_rows_are_usual(company):
    text = (
        "session_id,customer_id,started_at,ended_at,utm_source,utm_medium,utm_campaign\n"
        "1,L1,2026-03-01 4:30:21,2026-03-01 4:31:00,facebook_ads,paid_social,spring\n"
        "2,L1,2026-03-02 9:05:00,2026-03-02 9:06:00,direct,\n"
        "3,nobody,2026-03-02 9:05:00,,google,search,\n"
    )
    outcome = take_in(company, "touches", text)
    assert (outcome.rows, outcome.new, outcome.same, outcome.error_count) == (3, 2, 0, 0)
    assert outcome.skipped == {WITHOUT_LEAD: 1}
    assert [(row.line, row.text) for row in outcome.skipped_rows] == [(4, "nobody")]
    assert rows() == [  # of the company's zone
        ("L1", "01 03:30:21", "facebook_ads", "spring"),
        ("L1", "02 08:05:00", "direct", ""),
    ]
    again = take_in(company, "touches", text)
    assert (again.new, again.same, again.already.pk) == (0, 2, outcome.run.pk)
    assert ImportRun.objects.filter(kind="touches").count() == 2


def test_a_link_and_click_ids_and_moments_since_1970_are_read(company):
    text = (
        "lead,at,url,referrer,gclid\n"
        "L1,1772445600,https://x.example/?utm_source=News&utm_campaign=May&fbclid=B,,A\n"
        "L2,1772445600123,,https://google.com/,\n"
        "L2,2026-03-02T10:00:00+05:00,,,\n"
    )
    assert take_in(company, "touches", text).new == 3
    one, two, three = Touchpoint.objects.order_by("lead__external_id", "-at")
    assert (one.utm_source, one.utm_campaign) == ("News", "May")
    assert one.click_ids == {"fbclid": "B", "gclid": "A"}
    assert (two.at, two.referrer) == (
        datetime(2026, 3, 2, 10, 0, 0, 123000, tzinfo=UTC),
        "https://google.com/",
    )
    assert three.at == datetime(2026, 3, 2, 5, tzinfo=UTC)


def test_one_wrong_cell_and_nothing_is_saved(company):
    text = "lead,at,source\nL1,2026-03-01 10:00,x\n,2026-03-01 10:00,x\nL1,yesterday,x\n"
    outcome = take_in(company, "touches", text)
    assert texts(outcome) == [
        "row 3, column lead: This cell is empty. Every row needs a value here.",
        'row 4, column at, "yesterday": This is not a day with a time. Write it as '
        "2026-02-01 14:30:00, or with its offset: 2026-02-01T14:30:00+01:00.",
    ]
    assert not Touchpoint.objects.exists()
    assert ImportRun.objects.get().state == ImportRun.State.REFUSED


def test_a_check_counts_as_the_import_does_and_saves_nothing(company):
    with scope.all_companies():
        take_in(company, "touches", "lead,at\nL1,2026-01-01 10:00\n")
    many = [f"L1,{CAME - timedelta(hours=hours):%Y-%m-%d %H:%M}Z,x{hours}" for hours in range(60)]
    text = "\n".join(["lead,at,source", *many, many[0], "L1,2026-01-01 10:00,", "no,2026-01-01,"])
    found = check(company, "touches", text)
    assert (found.rows, found.new, found.same, Touchpoint.objects.count()) == (63, 49, 2, 1)
    done = take_in(company, "touches", text)
    assert (done.rows, done.new, done.same, Touchpoint.objects.count()) == (63, 49, 2, 50)
    assert "11 visits are more than a lead keeps" in " ".join(done.notes)
    kept = Touchpoint.objects.order_by("-at").values_list("utm_source", flat=True)
    assert list(kept) == [*(f"x{hours}" for hours in range(49)), ""]


def test_the_command_takes_the_field_first_and_prints_what_was_left_out(company, tmp_path):
    path = tmp_path / "visits.csv"
    path.write_text("who,seen,ref\nL1,2026-03-01 10:00,https://a.example/\nL9,2026-03-01,\n")
    out = StringIO()
    call_command(
        *("import_touchpoints", str(path), "--company", "acme", "--check", "--json"),
        *("--map", "lead=who,at=seen", "--map", "ref=referrer"),
        stdout=out,
    )
    told = json.loads(out.getvalue())
    assert (told["rows"], told["new"], told["without_a_lead"]) == (2, 1, 1)
    assert told["placed"] == {"who": "lead", "seen": "at", "ref": "referrer"}
    assert not Touchpoint.objects.exists()
    with pytest.raises(CommandError) as caught:
        call_command("import_touchpoints", str(path), "--company", "acme", stderr=StringIO())
    assert caught.value.returncode == 1
