"""Every format's own file: what is recognised, what is skipped, and sums done by hand."""

from typing import NamedTuple

import pytest

from spend.formats import FORMATS, Said, recognise
from spend.formats.rows import FOOTER, PART, UNREPORTED, WHOLE
from tests.spend.formats.files_of_spend import FIELDS, FILES, opened, records_of, rows_of

NO = ()


class Case(NamedTuple):
    file: str
    format: str
    platform: str
    currency: str  # "?" asks for it, "" has no amounts, "-" takes the company's
    rows: list  # campaign or id, first day, last day, minor units, impressions, clicks
    skipped: tuple = NO
    apart: tuple = NO
    account: str | None = None
    separator: str = ","


CASES = [
    Case(
        *("google_ads_en", "google-ads", "google-ads", "EUR"),
        [
            ("Spring sale", "2026-03-01", "2026-03-31", 126420, 12500, 1204),
            ("Total Fitness", "2026-03-01", "2026-03-31", 1000, 900, 20),
        ],
        skipped=(UNREPORTED, WHOLE, WHOLE, PART),
        apart=("Campaign status",),
    ),
    Case(
        *("google_ads_de", "google-ads", "google-ads", "EUR"),
        [
            ("Frühling", "2026-03-01", "2026-03-01", 102075, 1500, 25),
            ("Frühling", "2026-03-02", "2026-03-02", 800, 700, 10),
        ],
        skipped=(WHOLE, WHOLE),
    ),
    Case(
        *("google_ads_fr_week", "google-ads", "google-ads", "EUR"),
        [
            ("Soldes", "2026-01-05", "2026-01-11", 125050, 9000, 300),
            ("Soldes", "2026-01-12", "2026-01-18", 10000, 800, 30),
        ],
        skipped=(WHOLE,),
    ),
    Case(
        *("google_ads_es_month", "google-ads", "google-ads", "EUR"),
        [
            ("Rebajas", "2026-01-01", "2026-01-31", 31000, 10000, 120),
            ("Rebajas", "2026-02-01", "2026-02-28", 28000, 9000, 100),
        ],
        skipped=(WHOLE,),
    ),
    Case(
        *("meta_ads_en", "meta-ads", "meta-ads", "USD"),
        [
            ("Spring", "2026-03-01", "2026-03-01", 1025, 100, 1),
            ("Spring", "2026-03-01", "2026-03-01", 2000, 300, 6),
            ("Spring", "2026-03-02", "2026-03-02", 725, 200, 5),
        ],
        skipped=(WHOLE,),
        apart=("Age", "Delivery level", "Reporting starts", "Reporting ends"),
        account="Account ID",
    ),
    Case(
        *("meta_ads_de", "meta-ads", "meta-ads", "EUR"),
        [
            ("Frühling", "2026-03-01", "2026-03-31", 310000, 40000, 900),
            ("Eröffnung", "2026-03-01", "2026-03-01", 5050, 700, 20),
        ],
        skipped=(WHOLE,),
        apart=("Auslieferung der Kampagne",),
    ),
    Case(
        *("meta_ads_pt", "meta-ads", "meta-ads", "BRL"),
        [
            ("Verão", "2026-03-01", "2026-03-01", 123456, 10000, 150),
            ("Verão", "2026-03-02", "2026-03-02", 6544, 900, 12),
        ],
        apart=("Início dos relatórios", "Término dos relatórios"),
        separator=";",
    ),
    Case(
        *("linkedin_ads", "linkedin-ads", "linkedin-ads", "USD"),
        [
            ("Leads, managers", "2026-03-01", "2026-03-01", 123450, 10000, 200),
            ("Leads, managers", "2026-03-02", "2026-03-02", 10000, 2000, 40),
            ("Brand", "2026-03-02", "2026-03-02", 1025, 500, 4),
        ],
        skipped=(WHOLE,),
        apart=("Campaign Group Name", "Campaign Type"),
        account="Account Name",
    ),
    Case(
        *("microsoft_ads", "microsoft-ads", "microsoft-ads", "GBP"),
        [
            ("Brand", "2026-03-01", "2026-03-01", 1240, 1000, 30),
            ("Brand", "2026-03-01", "2026-03-01", 310, 500, 10),
            ("Brand", "2026-03-02", "2026-03-02", 150, 200, 5),
        ],
        skipped=(WHOLE, FOOTER),
        apart=("Device type",),
        account="Account name",
    ),
    Case(
        *("tiktok_ads", "tiktok-ads", "tiktok-ads", "EUR"),
        [
            ("Spring", "2026-03-01", "2026-03-01", 1250, 1200, 30),
            ("Spring", "2026-03-02", "2026-03-02", 725, 800, ""),
        ],
        skipped=(WHOLE,),
    ),
    Case(
        *("pinterest_ads", "pinterest-ads", "pinterest-ads", "?"),
        [
            ("Garden", "2026-03-01", "2026-03-01", 1520, 4000, 31),
            ("Garden", "2026-03-02", "2026-03-02", 480, 1000, 9),
        ],
        apart=("Campaign status",),
    ),
    Case(
        *("mailchimp", "mailchimp", "mailchimp", ""),
        [
            ("March news", "2026-03-03", "2026-03-03", None, None, 40),
            ("Last call", "2026-03-20", "2026-03-20", None, None, 60),
        ],
        apart=("Send Date", "Subject", "List", "Send Weekday"),
    ),
    Case(
        *("klaviyo", "klaviyo", "klaviyo", ""),
        [
            ("Spring drop", "2026-03-03", "2026-03-03", None, None, 40),
            ("Flash", "2026-03-05", "2026-03-05", None, None, 25),
        ],
        apart=("Send Time", "Tags", "Subject", "List", "Send Weekday"),
    ),
    Case(
        *("google_ads_connector", "google-ads-connector", "google-ads", "?"),
        [
            ("9001", "2026-03-01", "2026-03-01", 325, 120, 12),
            ("9001", "2026-03-01", "2026-03-01", 100.5, 40, 4),  # a micro is no whole cent
        ],
        apart=("device", "ad_network_type"),
        account="customer_id",
    ),
    Case(
        *("meta_ads_connector", "meta-ads-connector", "meta-ads", "?"),
        [
            ("Spring", "2026-03-01", "2026-03-01", 2010, 1000, 10),
            ("Spring", "2026-03-01", "2026-03-01", 14400, 900, 9),
        ],
        apart=("ad_id",),
        account="account_id",
    ),
    Case(
        *("linkedin_ads_connector", "linkedin-ads-connector", "linkedin-ads", "?"),
        [
            ("501", "2026-03-01", "2026-03-01", 1250, 900, 10),
            ("501", "2026-03-02", "2026-03-02", 1425, 1000, 12),
        ],
    ),
    Case(
        *("microsoft_ads_connector", "microsoft-ads-connector", "microsoft-ads", "EUR"),
        [
            ("9001", "2026-03-01", "2026-03-01", 440, 400, 10),
            ("9001", "2026-03-01", "2026-03-01", 110, 100, 3),
        ],
        apart=("device_os", "network"),
        account="account_id",
    ),
    Case(
        *("tiktok_ads_connector", "tiktok-ads-connector", "tiktok-ads", "?"),
        [
            ("17001", "2026-03-01", "2026-03-01", 125, 100, 2),
            ("17001", "2026-03-01", "2026-03-01", 250, 200, 4),
        ],
        apart=("STAT_TIME_HOUR",),  # two hours of a day are two rows
        account="ADVERTISER_ID",
    ),
    Case(
        *("snapchat_ads_connector", "snapchat-ads-connector", "snapchat-ads", "?"),
        [
            ("ab12", "2026-03-01", "2026-03-01", 441.359, 430, 4),
            ("ab12", "2026-03-01", "2026-03-01", 820.65, 670, ""),
        ],
        apart=("date",),
    ),
    Case(
        *("x_ads_connector", "x-ads-connector", "x-ads", "?"),
        [
            ("q7", "2026-03-01", "2026-03-01", 137, 130, 2),
            ("q7", "2026-03-01", "2026-03-01", 5962, 4200, 690),
        ],
        apart=("date", "placement"),
        account="account_id",
    ),
    Case(
        *("reddit_ads_connector", "reddit-ads-connector", "reddit-ads", "?"),
        [
            ("31", "2026-03-01", "2026-03-01", 15000, 10000, 100),
            ("31", "2026-03-02", "2026-03-02", 2500, 2000, 20),
        ],
        apart=("region",),
        account="account_id",
    ),
    Case(
        *("amazon_ads_connector", "amazon-ads-connector", "amazon-ads", "USD"),
        [
            ("77", "2026-03-01", "2026-03-01", 167, 1095, 2),
            ("77", "2026-03-02", "2026-03-02", 0, "", 0),
        ],
        apart=("campaign_bidding_strategy",),
    ),
    Case(
        *("apple_ads_connector", "apple-ads-connector", "apple-ads", "USD"),
        [
            ("973", "2026-03-01", "2026-03-01", 509, 100, 5),
            ("973", "2026-03-02", "2026-03-02", 32, 63, 3),
        ],
        apart=("avg_cpa_currency", "avg_cpt_currency"),
    ),
    Case(
        *("any_table_nl", "table", "", "EUR"),
        [
            ("Voorjaar", "2026-03-01", "2026-03-31", 125050, None, None),
            ("Voorjaar", "2026-04-01", "2026-04-30", 74950, None, None),
        ],
        skipped=(WHOLE,),
        apart=("Bureau",),
        separator=";",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.file for case in CASES])
def test_a_file_is_recognised_and_its_rows_are_those_of_the_platform(case):
    records = records_of((FILES / f"{case.file}.csv").read_text(), case.separator)
    layout = recognise(records, f"{case.file}.csv", FIELDS)
    assert (layout.format, layout.platform) == (case.format, case.platform)
    assert [q.about for q in layout.questions] == (["currency"] if case.currency == "?" else [])
    if case.currency == "?":
        layout = recognise(records, f"{case.file}.csv", FIELDS, Said(currency="EUR"))
        assert not layout.questions
    rows, skipped = rows_of(layout, records)
    assert [
        (
            row.get("campaign") or row.get("platform_id"),
            *(row["day"], row["last_day"]),
            *(row.get("amount"), row.get("impressions"), row.get("clicks")),
        )
        for row in rows
    ] == case.rows
    if case.currency not in ("?", ""):
        assert {row["currency"] for row in rows} == {case.currency}
    assert tuple(skipped) == case.skipped
    assert layout.apart == case.apart
    assert layout.account == case.account


def test_every_platform_has_a_file_here():
    assert {case.format for case in CASES} >= set(FORMATS) - {"pinterest-ads-connector"}


@pytest.mark.parametrize("case", CASES, ids=[case.file for case in CASES])
def test_the_format_can_be_said_as_well(case):
    records = records_of((FILES / f"{case.file}.csv").read_text(), case.separator)
    said = recognise(records, "x.csv", FIELDS, Said(format=case.format))
    assert said == recognise(records, "x.csv", FIELDS)


@pytest.mark.parametrize("case", CASES, ids=[case.file for case in CASES])
def test_another_order_of_columns_makes_no_difference(case):
    lines = list(records_of((FILES / f"{case.file}.csv").read_text(), case.separator)())
    layout = recognise(lambda: iter(lines), "x.csv", FIELDS)
    width = len(layout.headers)
    turned = [
        (line, cells[::-1] if line >= layout.heading_line and len(cells) == width else cells)
        for line, cells in lines
    ]
    other = recognise(lambda: iter(turned), "x.csv", FIELDS)
    assert (other.format, dict(other.fields)) == (layout.format, dict(layout.fields))


@pytest.mark.parametrize(
    ("text", "format_", "fields"),
    [
        (
            "Campaign report\nAll time\nCampaign,Cost,Clicks\nA,1.50,3",
            *("google-ads", "campaign amount clicks"),
        ),
        (
            "Campaign,Clicks,Impr.,CTR,Avg. CPC,Cost\nA,1,2,50%,1.00,1.00",
            *("google-ads", "campaign clicks impressions amount"),
        ),
        (
            "Nom de la campagne,Jour,Montant dépensé (EUR),Clics sur un lien,Début des rapports",
            *("meta-ads", "campaign day amount clicks"),
        ),
        (
            "Nombre de la campaña,Importe gastado (EUR),Inicio del informe,Fin del informe",
            *("meta-ads", "campaign amount day last_day"),
        ),
        (
            "Naam campagne,Besteed bedrag (EUR),Begin rapportage,Einde rapportage",
            *("meta-ads", "campaign amount day last_day"),
        ),
        ("Campaign name,Amount spent,Currency,Day,Ad set name", "meta-ads", None),
        (
            "Startdatum (in UTC),Kontoname,Kampagnenname,Gesamtausgaben,Währung",
            *("linkedin-ads", "day account campaign amount currency"),
        ),
        (
            "Account name,Campaign,Month,Clicks,Spend,Currency code",
            *("microsoft-ads", "account campaign day clicks amount currency"),
        ),
        ("AccountName,TimePeriod,CampaignName,CampaignId,Spend", "microsoft-ads", None),
        ("Campaign name,Date,Total cost,Currency,CTR (destination)", "tiktok-ads", None),
        ("Ad name,Date,Spend,Pin clicks,Campaign name", "pinterest-ads", None),
        ("date,campaign_id,spend_in_micro_dollar", "pinterest-ads-connector", None),
        ("creative_id,day,cost_in_usd", "linkedin-ads-connector", "day amount"),
        ("account_id,date,campaign_id,device_os,spend", "microsoft-ads-connector", None),
        ("start_time,campaign_id,spend,swipes,end_time", "snapchat-ads-connector", None),
        # What anybody could have written is nobody's.
        ("Start Time,Campaign Name,Spend,Swipe Ups,Currency", "table", None),
        ("date,campaign_id,spend,clicks,ecpm", "table", None),
        ("date,campaign_name,campaign_type,spend,impressions,clicks", "table", None),
        ("Date,Campaign,Cost,Impressions,Clicks", "table", None),
        ("Data;Campanha;Valor gasto;Resultados", "table", None),
        ("amount_spent,campaign,day,link_clicks", "table", None),
    ],
)
def test_other_shapes_of_the_same_platforms(text, format_, fields):
    layout = recognise(records_of(text, ";" if ";" in text else ","), "x.csv", FIELDS)
    assert layout.format == format_
    if fields:
        by_heading = [layout.fields[h] for h in layout.headers if h in layout.fields]
        assert by_heading == fields.split()


def test_a_report_without_days_says_which_it_is_of():
    text = """Campaign Performance Report (in UTC)
"Report Start: March 1, 2026, 12:00 AM"
"Report End: March 31, 2026, 11:59 PM"
"Date Generated: April 1, 2026, 9:00 AM"

Account Name,Currency,Campaign Group Name,Campaign Name,Total Spent
Acme,USD,G,A,1.50
"""
    layout = recognise(records_of(text), "x.csv", FIELDS)
    assert layout.constants == {"day": "2026-03-01", "last_day": "2026-03-31"}


@pytest.mark.parametrize(
    "line",
    [
        '"Last 31 days (Mar 1, 2026 - Mar 31, 2026)"',
        '"1. März 2026 - 31. März 2026"',
        '"1 mars 2026 – 31 mars 2026"',
        "2026-03-01 - 2026-03-31",
        "01.03.2026 - 31.03.2026",
        "March 2026",
        "Date range: 2026-03-01 to 2026-03-31",
    ],
)
def test_the_range_of_a_report_in_many_forms(line):
    text = f"Campaign report\n{line}\nCampaign,Currency code,Cost\nA,EUR,1.50"
    layout = recognise(records_of(text), "x.csv", FIELDS)
    assert layout.constants == {"day": "2026-03-01", "last_day": "2026-03-31"}


def test_an_importer_without_a_field_for_it_still_learns_the_account():
    fields = [field for field in FIELDS if field.name not in ("account", "platform_id")]
    layout = recognise(opened(FILES / "meta_ads_en.csv"), "x.csv", fields)
    assert layout.account == "Account ID"
    assert set(layout.fields.values()) <= {field.name for field in fields}


def test_the_lines_on_top_say_what_a_time_period_is():
    text = "Report Name: x\nReport Aggregation: Month\n\nTime period,Campaign,Spend\n3/1/2026,A,31"
    assert recognise(records_of(text), "x.csv", FIELDS).grain == "month"


def test_mailings_count_those_they_were_sent_to():
    for name, sends, opens in (
        ("mailchimp", [1200, 1190], [400, 350]),
        ("klaviyo", [1200, 300], [400, 0]),
    ):
        records = records_of((FILES / f"{name}.csv").read_text())
        layout = recognise(records, "x.csv", FIELDS)
        rows, _ = rows_of(layout, records)
        assert [row["sends"] for row in rows] == sends
        assert [row["opens"] for row in rows] == opens
        assert rows[0]["medium"] == "email"


def test_a_byte_order_mark_is_no_part_of_the_first_heading():
    raw = b"\xef\xbb\xbf" + (FILES / "meta_ads_en.csv").read_bytes()
    layout = recognise(opened(raw), "x.csv", FIELDS)
    assert layout.fields["Campaign name"] == "campaign"
