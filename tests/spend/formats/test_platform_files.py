"""Every format's own file: what is recognised, what is skipped, and sums done by hand."""

import pytest

from spend.formats import FORMATS, Said, recognise
from tests.spend.formats.files_of_spend import FIELDS, FILES, opened, records_of, rows_of
from tests.spend.formats.platform_cases import CASES


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
