"""Files that others wrote are recognised, and their sums are those counted elsewhere."""

import json
from collections import Counter
from decimal import Decimal

import pytest

from spend.formats import Said, recognise
from tests.shared_data import data_folder
from tests.spend.formats.files_of_spend import FIELDS, opened, rows_of


def read(folder, name, currency="EUR", **said):
    records = opened(data_folder(folder) / name, name)
    layout = recognise(records, name, FIELDS, Said(**said))
    rows, skipped = rows_of(layout, records, currency)
    return layout, rows, skipped


def expected(folder):
    return json.loads((data_folder(folder) / "expected.json").read_text())


def total(rows):
    """In units of the currency."""
    return float(sum(Decimal(str(row["amount"])) for row in rows) / 100)


def by_campaign(rows):
    sums = Counter()
    for row in rows:
        sums[row["campaign"]] += row["amount"]
    return {name: minor / 100 for name, minor in sums.items()}


def test_google_ads_with_totals_and_without_a_day():
    wanted = expected("ads-export-google-inr")
    layout, rows, skipped = read("ads-export-google-inr", "Campaign report.csv")
    assert (layout.format, layout.heading_line) == ("google-ads", 3)
    assert by_campaign(rows) == wanted["spend"]
    assert total(rows) == wanted["spend_total"] == 2565.93
    assert {(row["day"], row["last_day"]) for row in rows} == {tuple(wanted["period"])}
    assert {row["campaign"]: row["impressions"] for row in rows} == wanted["impressions"]
    assert {row["currency"] for row in rows} == {wanted["currency"]}
    assert [skip.is_total for skip in skipped] == [True, True, False, False]
    assert "clicks" not in layout.fields.values()  # interactions are no clicks


@pytest.mark.parametrize(
    ("name", "platform", "format_"),
    [("google_ads.csv", "google", "table"), ("meta_ads.csv", "meta", "meta-ads")],
)
def test_two_platforms_in_euros(name, platform, format_):
    wanted = expected("ads-export-demo-eur")
    layout, rows, skipped = read("ads-export-demo-eur", name)
    assert (layout.format, skipped, layout.questions) == (format_, [], ())
    assert total(rows) == wanted[platform]["cost"]
    assert by_campaign(rows) == wanted[f"{platform}_cost_by_campaign"]
    clicks = wanted[platform].get("clicks") or wanted[platform]["link_clicks"]
    assert sum(row["clicks"] for row in rows) == clicks
    assert layout.constants == ({"currency": "EUR"} if platform == "meta" else {})


@pytest.mark.parametrize(("platform", "cost"), [("google", "cost"), ("meta", "spend")])
def test_spanish_weeks(platform, cost):
    wanted = expected("spend-weekly-es")
    layout, rows, _ = read("spend-weekly-es", f"{platform}_ads_raw.csv")
    assert (layout.format, layout.grain, layout.questions) == ("table", "week", ())
    assert len(rows) == wanted[platform]["rows"]
    assert total(rows) == wanted[platform][cost]
    names = {name: values[cost] for name, values in wanted[f"{platform}_by_campaign"].items()}
    assert by_campaign(rows) == names
    assert [rows[0]["day"], rows[-1]["day"]] == wanted[platform]["weeks"]
    assert (rows[0]["day"], rows[0]["last_day"])[1] > rows[0]["day"]


def test_semicolons_and_decimal_commas():
    wanted = expected("spend-weekly-es")["clean_table_cost_by_channel"]
    layout, rows, _ = read("spend-weekly-es", "master_ads_clean_by_its_author.csv")
    assert (layout.decimal_sign, layout.grain, layout.questions) == (",", "week", ())
    assert "channel" in layout.apart
    assert total(rows) == pytest.approx(sum(wanted.values()), abs=0.001)


def test_connectors():
    wanted = expected("fivetran-ads")
    layout, rows, _ = read("fivetran-ads", "google_ads_campaign_stats_data.csv")
    assert [question.about for question in layout.questions] == ["currency"]
    assert layout.micros
    assert total(rows) == wanted["google"]["spend"] == 231.33
    assert {row["platform_id"] for row in rows} == {"9935249409"}
    by_day = Counter()
    for row in rows:
        by_day[row["day"]] += row["amount"] / 100
    assert {day: round(spent, 2) for day, spent in by_day.items()} == wanted["google"]["by_day"]
    layout, rows, _ = read("fivetran-ads", "facebook_ads_basic_ad_data.csv")
    assert (layout.format, layout.apart) == ("meta-ads-connector", ("ad_id",))
    assert total(rows) == wanted["facebook"]["spend"] == 643.63
    assert sum(row["clicks"] for row in rows) == wanted["facebook"]["inline_link_clicks"]
    assert sum(row["impressions"] for row in rows) == wanted["facebook"]["impressions"]


def test_hours_count_for_their_day():
    """The third decimal of its 0.232 is not the parser's to round: it is refused there."""
    wanted = expected("fivetran-ads")["tiktok"]
    records = opened(data_folder("fivetran-ads") / "tiktok_campaign_report_hourly_data.csv")
    layout = recognise(records, "tiktok.csv", FIELDS, Said(currency="USD"))
    assert (layout.format, layout.questions) == ("tiktok-ads-connector", ())
    spend = layout.headers.index("SPEND")
    lines = [cells for line, cells in records() if line > 1]
    amounts = [Decimal(layout.text("amount", cells[spend])) for cells in lines]
    assert round(float(sum(amounts)), 2) == pytest.approx(wanted["spend"], abs=0.02)
    days = {layout.text("day", cells[layout.headers.index("STAT_TIME_HOUR")]) for cells in lines}
    assert days == {"2021-09-15"}


def test_days_first_and_the_noise_of_floats():
    wanted = expected("facebook-ads-kag")
    layout, rows, _ = read("facebook-ads-kag", "KAG_conversion_data.csv", "USD")
    assert (layout.format, layout.day_order, layout.questions) == ("table", "dmy", ())
    assert total(rows) == wanted["total"]["spend"]
    assert [min(row["day"] for row in rows), max(row["day"] for row in rows)] == wanted["total"][
        "dates"
    ]
    assert by_campaign(rows) == {n: v["spend"] for n, v in wanted["by_campaign"].items()}
    assert set(layout.apart) == {"ad_id", "fb_campaign_id", "age", "gender", "interest"}


def test_months_of_spend_and_of_mailings():
    wanted = expected("monthly-ops-demo")
    layout, rows, _ = read("monthly-ops-demo", "meta_ads.csv")
    assert (layout.grain, layout.questions) == ("month", ())
    assert total(rows) == wanted["meta_spend_total"]
    assert (rows[0]["day"], rows[0]["last_day"]) == ("2025-04-01", "2025-04-30")
    layout, rows, _ = read("monthly-ops-demo", "email_campaigns.csv")
    assert set(layout.fields.values()) == {"campaign", "day", "sends", "opens", "clicks"}
    for field, name in (("sends", "sent"), ("opens", "opens"), ("clicks", "clicks")):
        sums = sum(values[name] for values in wanted["email"].values())
        assert sum(row[field] for row in rows) == sums


@pytest.mark.parametrize("platform", ["google", "meta"])
def test_a_shop_s_spend(platform):
    wanted = expected("ecommerce-utm-e2e")
    layout, rows, _ = read("ecommerce-utm-e2e", f"{platform}_ads.csv")
    assert (layout.format, layout.questions) == ("table", ())
    assert total(rows) == wanted["totals"][f"{platform}_spend"]
    for name, spent in by_campaign(rows).items():
        assert wanted["by_campaign"][name]["spend"] == spent
