"""Files of campaigns: taken in whole, told cell by cell, and undone as one."""

import csv
import io

import pytest

from attribution.files.writing import stream_csv
from attribution.imports import engine
from attribution.imports.options import ImportOptions
from attribution.models import Campaign, Repair
from attribution.repair import apply
from attribution.repair.intents import Merge, Undo
from attribution.resources import CampaignResource
from tests.attribution.uploads import address, confirm, waiting_run, words
from tests.factories import make_campaign, make_user

pytestmark = pytest.mark.django_db
CAMPAIGN = "attribution_campaign"
HEADINGS = "utm_campaign,name,channel,goal,location,landing_page,tags,owner,first day,last day\n"
SPRING = (
    "Spring%20Sale,Spring sale,Paid search,Leads,Chicago,https://example.com/s,VIP | b2b;vip,,,\n"
)


def take(company, text, author=None, check=False):
    run = engine.check if check else engine.take_in
    file = io.BytesIO(text.encode())
    return run(company, "campaigns", file, "campaigns.csv", ImportOptions(), author)


def texts(outcome):
    return [error.text for error in outcome.errors]


def everything():
    return list(Campaign.objects.order_by("pk").values())


def test_a_new_campaign_comes_in_tidy(company):
    outcome = take(company, HEADINGS + SPRING)
    assert (texts(outcome), outcome.new, outcome.changed) == ([], 1, 0)
    found = Campaign.objects.get()
    assert (found.key, found.name, found.channel) == ("spring sale", "Spring sale", "paid_search")
    assert (found.goal, found.location, found.tags) == ("Leads", "Chicago", "b2b; vip")
    assert (found.landing_page, found.status) == ("https://example.com/s", "active")


def test_a_withdrawn_campaign_is_taken_up_again(company):
    gone = make_campaign(company, "gone", withdrawn=True)
    take(company, "utm_campaign,goal\ngone,Sell\nnew,Sell\n")
    gone.refresh_from_db()
    assert (gone.withdrawn, gone.goal) == (False, "Sell")
    assert Campaign.objects.count() == 2


def test_the_same_file_twice_changes_nothing(company):
    take(company, HEADINGS + SPRING)
    before = everything()
    outcome = take(company, HEADINGS + SPRING + "\n")  # other bytes, so that it is read
    assert (outcome.new, outcome.changed, outcome.same) == (0, 0, 1)
    assert everything() == before
    assert not Repair.objects.filter(kind="campaign").exists()


def test_an_empty_cell_leaves_what_is_there_and_none_empties_it(company):
    take(company, HEADINGS + SPRING)
    outcome = take(company, "utm_campaign,goal,tags,landing_page\nspring sale,,(none),(none)\n")
    assert (texts(outcome), outcome.changed) == ([], 1)
    found = Campaign.objects.get()
    assert (found.goal, found.tags, found.landing_page) == ("Leads", "", "")


def test_the_spelling_of_the_company_holds(company):
    make_campaign(company, "a", location="Chicago")
    take(company, "utm_campaign,location\nb,CHICAGO\nc,berlin\nd,Berlin\n")
    assert dict(Campaign.objects.values_list("key", "location")) == {
        "a": "Chicago",
        "b": "Chicago",
        "c": "berlin",
        "d": "berlin",
    }


def test_all_changes_are_one_repair_and_are_undone_as_one(company):
    for key in ("a", "b"):
        make_campaign(company, key, goal="Leads", tags="old")
    before = {one["key"]: one | {"version": 0} for one in everything()}
    checked = take(company, "utm_campaign,goal,tags\na,Sales,new\nb,Sales,\n", check=True)
    assert [change.text for change in checked.changes] == [
        "row 2: a: goal: Leads → Sales",
        "row 2: a: tags: old → new",
        "row 3: b: goal: Leads → Sales",
    ]
    assert {one["key"]: one | {"version": 0} for one in everything()} == before
    take(company, "utm_campaign,goal,tags\na,Sales,new\nb,Sales,\n")
    repair = Repair.objects.get(kind="campaign")
    assert repair.title == "campaigns.csv: 2 campaigns"
    assert list(Campaign.objects.order_by("key").values_list("goal", "tags")) == [
        ("Sales", "new"),
        ("Sales", "old"),
    ]
    apply.save(company, Undo(repair.pk), None)
    assert {one["key"]: one | {"version": 0} for one in everything()} == before


def test_an_error_names_row_column_value_and_way_out_and_nothing_is_saved(company):
    into = make_campaign(company, "into")
    apply.save(company, Merge((make_campaign(company, "gone").pk,), into.pk), None)
    before = everything()
    outcome = take(
        company,
        HEADINGS
        + "good,,,,,,,,,\n"
        + ",x,,,,,,,,\n"
        + "a,,fax,,,,,,,\n"
        + "b,,,,,javascript:alert(1),,,,\n"
        + "c,,,,,,,nobody,,\n"
        + "d,,,,,,,,2026-05-02,2026-05-01\n"
        + "gone,,,,,,,,,\n"
        + "good,,,,,,,,,\n"
        + "e,,,,"
        + "x" * 81
        + ",,,,,\n"
        + "f,,,,,,"
        + "t" * 51
        + ",,,\n",
    )
    said = texts(outcome)
    assert everything() == before
    assert "row 3, column utm_campaign: This cell is empty. Every row needs a value here." in said
    assert any(t.startswith('row 4, column channel, "fax":') for t in said)
    assert any(t.startswith('row 5, column landing_page, "javascript:alert(1)":') for t in said)
    assert any(t.startswith('row 6, column owner, "nobody": No owner or admin') for t in said)
    assert any("row 10, column location" in t and "81 characters" in t for t in said)
    assert any("row 11, column tags" in t and "more than 50" in t for t in said)


def test_errors_between_rows_are_told_when_all_cells_are_good(company):
    into = make_campaign(company, "into")
    apply.save(company, Merge((make_campaign(company, "gone").pk,), into.pk), None)
    outcome = take(
        company,
        "utm_campaign,first day,last day\nd,2026-05-02,2026-05-01\ngone,,\ngood,,\nGOOD,,\n",
    )
    assert texts(outcome) == [
        'row 2, column last day, "2026-05-01": The last day comes before the first day. '
        "Write 2026-05-02 or a later day.",
        'row 3, column utm_campaign, "gone": This campaign has become part of “into”. '
        "Write into, or delete the row.",
        'row 5, column utm_campaign, "good": Row 4 is about this campaign too. '
        "Delete one of the two rows.",
    ]


def test_owners_change_their_own_campaigns_alone(company):
    ann, ben = make_user(company, "owner"), make_user(company, "owner")
    make_campaign(company, "bens", owner=ben)
    make_campaign(company, "free")
    outcome = take(company, "utm_campaign,goal\nbens,Sales\nfree,Sales\n", ann)
    assert [(e.line, e.problem) for e in outcome.errors] == [
        (2, "This campaign has another owner.")
    ]
    outcome = take(company, f"utm_campaign,goal,owner\nfree,Sales,{ann.username.upper()}\n", ann)
    assert (texts(outcome), outcome.changed) == ([], 1)
    assert Campaign.objects.get(key="free").owner == ann


def test_a_row_of_another_company_is_an_error(company):
    outcome = take(company, f"utm_campaign,company\na,{company.slug}\nb,other\n")
    assert [(e.line, e.column, e.value) for e in outcome.errors] == [(3, "company", "other")]


def test_an_exported_file_is_read_back_without_a_change(company):
    make_campaign(company, "a + b%20c", name="=1+1", goal="@home", tags="-x; =cmd", discovered=True)
    make_campaign(
        company,
        "plain",
        starts_on="2026-01-01",
        is_template=True,
        owner=make_user(company, "owner"),
    )
    before = everything()
    resource = CampaignResource()
    rows = resource.table_rows(Campaign.objects.all())
    text = b"".join(stream_csv(resource.get_export_headers(), rows)).decode()
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "@", "+", "-"))]
    outcome = take(company, text)
    assert (texts(outcome), outcome.new, outcome.changed, outcome.same) == ([], 0, 0, 2)
    assert everything() == before


def test_the_pages_show_what_would_change_and_then_do_it(client, company):
    client.force_login(make_user(company, "owner"))
    make_campaign(company, "a", goal="Leads")
    text = "utm_campaign,goal,tags\na,Sales,x|y\nb,Sales,\n"
    run = waiting_run(client, company, text, model=CAMPAIGN)
    page = words(client.get(address("import_check", run.token, model=CAMPAIGN)))
    assert "Rows 2 New 1 Changed 1" in page
    assert "a: goal Leads → Sales" in page
    assert Campaign.objects.get().goal == "Leads"
    done = words(confirm(client, run, model=CAMPAIGN))
    assert "2 rows were imported" in done
    assert dict(Campaign.objects.values_list("key", "tags")) == {"a": "x; y", "b": ""}
    client.force_login(make_user(company, "viewer"))
    assert client.get(address("import", model=CAMPAIGN)).status_code == 403
