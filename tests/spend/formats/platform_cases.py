"""What is in each format's own file: rows, days and sums done by hand."""

from typing import NamedTuple

from spend.formats.rows import FOOTER, PART, UNREPORTED, WHOLE

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
        *("google_ads_ja", "google-ads", "google-ads", "JPY"),
        [
            ("春のセール", "2026-03-01", "2026-03-31", 1010, 1000, 10),
            ("ブランド", "2026-03-01", "2026-03-31", 500, 200, 5),
        ],
        skipped=(WHOLE, WHOLE),
        apart=("キャンペーンのステータス",),
    ),
    Case(
        *("meta_ads_ja", "meta-ads", "meta-ads", "JPY"),
        [
            ("春のセール", "2026-03-01", "2026-03-01", 1250, 100, 3),
            ("春のセール", "2026-03-01", "2026-03-01", 250, 50, 2),
        ],
        skipped=(WHOLE,),
        apart=(
            *("レポート開始日", "レポート終了日", "キャンペーンの配信", "年齢"),
            "アトリビューション設定",
        ),
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
        *("google_ads_api", "google-ads-api", "google-ads", "EUR"),
        [
            ("Spring", "2026-03-01", "2026-03-01", 325, 120, 12),
            ("Spring", "2026-03-02", "2026-03-02", 100.5, 40, 4),
            ("Shoes, boots", "2026-03-01", "2026-03-01", 0, 90, 0),
        ],
        skipped=(WHOLE,),
        apart=("Device",),
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
