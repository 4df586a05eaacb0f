"""A table of 2,200 campaigns made by others comes in, and its sums are those they computed."""

import io
import json
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.core.management import call_command

from attribution import scope
from attribution.campaign_texts import tags_in
from attribution.models import Campaign
from tests.factories import make_company, make_user
from tests.reports.real_files import exported, ranked, rounded
from tests.shared_data import data_folder, read, write

YEAR = ("2021-01-01", "2021-12-31")
FILE = "marketing_campaign_dataset.csv"
CHANNELS = {
    "Google Ads": "paid_search",
    "Facebook": "paid_social",
    "Instagram": "paid_social",
    "YouTube": "video",
    "Website": "other",
}


@pytest.fixture(scope="module")
def table(module_rows, tmp_path_factory):
    """One file for each company, its campaigns and then what they cost."""
    folder = data_folder("campaign-table-2200")
    by_company = defaultdict(list)
    for row in read(folder / FILE):
        # The channel is a site here: kept as a tag, as an owner would.
        row |= {"Tags": f"{row['Channel_Used']}; {row['Duration']}", "Currency": "USD"}
        by_company[row["Company"]].append(row)
    with module_rows():
        companies = {}
        for number, (name, rows) in enumerate(by_company.items()):
            path = write(tmp_path_factory.mktemp("table") / f"{number}.csv", rows)
            with scope.all_companies():
                companies[name] = make_company(name=name, slug=f"c{number}", currency="USD")
            said = [f"--value=Channel_Used:{one}={ours}" for one, ours in CHANNELS.items()]
            maps = ["--map", "Campaign_Type=type", "--map", "Customer_Segment=segment"]
            call = ("import_campaigns", str(path), "--company", f"c{number}", *said, *maps)
            for _ in range(2):  # the second time nothing changes
                call_command(*call, stdout=io.StringIO())
            maps = ["Campaign_ID=campaign", "Dates=day", "Acquisition_Cost=amount"]
            maps = [part for one in maps for part in ("--map", one)]
            spend = ("import_spend", str(path), "--company", f"c{number}", *maps)
            call_command(*spend, stdout=io.StringIO())
        yield json.loads((folder / "expected.json").read_text()), companies


@pytest.fixture
def client(client, db):
    client.force_login(make_user(is_superuser=True))
    return client


def figures(client, companies, group, **filters):
    """Clicks and impressions of all companies together, by the name of a row in the page's CSV."""
    return {
        label: (sums["Clicks"], sums["Impressions"])
        for label, sums in sums_of(client, companies, group, **filters).items()
    }


def sums_of(client, companies, group, **filters):
    """What each row of the files of these companies has of each column, added up."""
    found = defaultdict(Counter)
    for company in companies.values():
        columns = ("clicks", "impressions", "spend")
        rows = ranked(exported(client, company.slug, *YEAR, group, *columns, **filters))
        for label, row in rows.items():
            heads = ("Clicks", "Impressions", "Spend (USD)")
            found[label].update({head: Decimal(row[head] or 0) for head in heads})
    return found


def expected(found):
    return {label: (one["clicks"], one["impressions"]) for label, one in found.items()}


def campaigns(column):
    with scope.all_companies():
        return Counter(Campaign.objects.values_list(column, flat=True))


def numbers(found):
    return {label: one["campaigns"] for label, one in found.items()}


def test_every_campaign_came_in_once_and_changed_nothing_the_second_time(table):
    wanted, _companies = table
    assert sum(campaigns("pk").values()) == wanted["rows"] == 2200
    assert campaigns("company__name") == numbers(wanted["by_company"])
    assert {one.split("; ")[0] for one in campaigns("tags")} >= {"15 days"}
    with scope.all_companies():
        assert set(Campaign.objects.values_list("version", flat=True)) == {1}


def test_rows_by_segment_and_type_are_those_that_others_computed(table, client):
    wanted, companies = table
    for column, key in (("segment", "by_segment"), ("type", "by_campaign_type")):
        assert campaigns(column) == numbers(wanted[key])
        sums = sums_of(client, companies, column)
        found = {name: (one["Clicks"], one["Impressions"]) for name, one in sums.items()}
        assert found == expected(wanted[key])
        for name, one in wanted[key].items():  # what one campaign cost
            cost = sums[name]["Spend (USD)"] / one["campaigns"]
            cost = cost.quantize(Decimal("0.01"), ROUND_HALF_UP)
            assert cost == Decimal(str(one["avg_acquisition_cost"]))


def test_the_filter_of_tags_gives_the_channels_that_others_computed(table, client):
    wanted, companies = table
    for channel, one in wanted["by_channel"].items():
        found = figures(client, companies, "segment", tag=channel.lower())
        clicks, impressions = (sum(column) for column in zip(*found.values(), strict=True))
        assert (clicks, impressions) == (one["clicks"], one["impressions"])
    tags = Counter(tag for text, n in campaigns("tags").items() for tag in tags_in(text) * n)
    assert {name: tags[name.lower()] for name in wanted["by_channel"]} == numbers(
        wanted["by_channel"]
    )


def test_each_company_has_its_own(table, client):
    wanted, companies = table
    for name, one in wanted["by_company"].items():
        slug, columns = companies[name].slug, ("clicks", "impressions", "ctr")
        total = exported(client, slug, *YEAR, "location", *columns)["Total"]
        assert (int(total["Clicks"]), int(total["Impressions"])) == (
            one["clicks"],
            one["impressions"],
        )
        assert Decimal(total["CTR"]) == rounded(str(one["ctr"]), 4)
