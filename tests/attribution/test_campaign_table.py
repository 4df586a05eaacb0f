"""A table of 2,200 campaigns made by others comes in, and its sums are those they computed."""

import io
import json
from collections import Counter, defaultdict
from datetime import date

import pytest
from django.core.management import call_command

from attribution import scope
from attribution.campaign_texts import tags_in
from attribution.models import Campaign
from reports.query import ReportQuery
from reports.report import run_report
from tests.factories import make_company
from tests.shared_data import data_folder, read, write

YEAR = (date(2021, 1, 1), date(2021, 12, 31))
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


def figures(companies, group_by, **filters):
    """Clicks and impressions of all companies together, by the label of a row."""
    found = defaultdict(Counter)
    for company in companies.values():
        with scope.company_scope([company.pk]):
            query = ReportQuery(
                company=company, start=YEAR[0], end=YEAR[1], group_by=group_by, **filters
            )
            report = run_report(query)
        assert report.proof.holds
        for row in report.rows:
            sums = {name: int(row.values[name]) for name in ("clicks", "impressions")}
            found[row.label].update(sums)
    return {label: (sums["clicks"], sums["impressions"]) for label, sums in found.items()}


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


def test_rows_by_segment_and_type_are_those_that_others_computed(table):
    wanted, companies = table
    for column, key in (("segment", "by_segment"), ("type", "by_campaign_type")):
        assert campaigns(column) == numbers(wanted[key])
        assert figures(companies, column) == expected(wanted[key])


def test_the_filter_of_tags_gives_the_channels_that_others_computed(table):
    wanted, companies = table
    for channel, one in wanted["by_channel"].items():
        found = figures(companies, "segment", tags=(channel.lower(),))
        clicks, impressions = (sum(column) for column in zip(*found.values(), strict=True))
        assert (clicks, impressions) == (one["clicks"], one["impressions"])
    tags = Counter(tag for text, n in campaigns("tags").items() for tag in tags_in(text) * n)
    assert {name: tags[name.lower()] for name in wanted["by_channel"]} == numbers(
        wanted["by_channel"]
    )


def test_each_company_has_its_own(table):
    wanted, companies = table
    for name, one in wanted["by_company"].items():
        found = figures({name: companies[name]}, "location")
        clicks, impressions = (sum(column) for column in zip(*found.values(), strict=True))
        assert (clicks, impressions) == (one["clicks"], one["impressions"])
        assert round(clicks / impressions, 6) == one["ctr"]
