"""Files of the European Central Bank: read, looked at, saved once, refused in one sentence."""

import io
import json
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from attribution.files.problems import FileProblem
from attribution.models import ExchangeRate, ImportRun
from attribution.rates import ecb
from attribution.rates.book import RateKey
from tests.attribution.rates.conftest import worth
from tests.attribution.uploads import words

HIST = """Date,USD,JPY,CYP,SEK,NOK,
2026-03-03,1.2,150.5,N/A,11.6,N/A,
2026-03-02,1.1,150.25,N/A,11.5,11.25,
"""
DAILY = "Date, USD, JPY, SEK, \n02 March 2026, 1.1, 150.25, 11.5, \n"
TODAY = date(2026, 11, 21)
LIST = "admin:attribution_exchangerate"


def zipped(text, name="eurofxref-hist.csv"):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        *(HIST.encode(), zipped(HIST), b"\xef\xbb\xbf" + HIST.encode()),
        HIST.replace("\n", "\r\n").encode(),
    ],
)
def test_the_file_of_all_days_is_read_as_it_comes(content):
    found = ecb.read(content, "eurofxref-hist.csv", {"SEK", "NOK"}, TODAY)
    assert found.currencies == ("USD", "JPY", "CYP", "SEK", "NOK")
    assert found.rates == {
        RateKey(date(2026, 3, 3), "EUR", "SEK"): Decimal("11.6"),
        RateKey(date(2026, 3, 2), "EUR", "SEK"): Decimal("11.5"),
        RateKey(date(2026, 3, 2), "EUR", "NOK"): Decimal("11.25"),
    }
    assert found.days == (date(2026, 3, 2), date(2026, 3, 3))


def test_the_file_of_one_day_is_read_too():
    found = ecb.read(DAILY.encode(), "eurofxref.csv", {"SEK"}, TODAY)
    assert found.rates == {RateKey(date(2026, 3, 2), "EUR", "SEK"): Decimal("11.5")}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HIST.replace("11.6", "11,6"), 'Row 2 of "x.csv" has 8 cells, and the headings are 7.'),
        (HIST.replace("11.6", "eleven"), 'Row 2 of "x.csv", column SEK, "eleven": this is no rate'),
        (HIST.replace("11.6", "0"), 'Row 2 of "x.csv", column SEK, "0": this is no rate'),
        (HIST.replace("11.6", "-1"), 'column SEK, "-1"'),
        (HIST.replace("11.6", "NaN"), 'column SEK, "NaN"'),
        (HIST.replace("2026-03-02", "2026-02-30"), 'Row 3 of "x.csv", column Date, "2026-02-30"'),
        (HIST.replace("2026-03-02", "02/03/2026"), "this is not a day"),
        (HIST.replace("2026-03-02", "2027-03-02"), "the ECB has rates from 1999-01-04 to"),
        (HIST.replace("2026-03-02", "2026-03-03"), "is of 2026-03-03 again, as row 2"),
        (HIST.replace("CYP", "SEK"), 'the heading "SEK" is there twice'),
        (HIST.replace("CYP", "Spend"), 'the heading "SPEND" is no currency'),
        ("campaign,day\n", 'its first heading is "campaign" and not "Date"'),
        ("Date\n", "no column of a currency"),
        ("Date,SEK,\n", "has headings, but no day below them"),
        ("", 'its first heading is ""'),
        ('Date,SEK\n2026-03-02,"11', "is no row of a CSV file"),
        (b"\xff\xfe\x00", "it is not text"),
        (b"PK\x03\x04nothing", "is damaged"),
        (zipped(HIST, "readme.txt"), "holds 0 CSV files"),
        (zipped(HIST)[:-40], "is damaged"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(content, said):
    content = content.encode() if isinstance(content, str) else content
    with pytest.raises(FileProblem) as refused:
        ecb.read(content, "x.csv", {"SEK", "NOK"}, TODAY)
    assert said in str(refused.value)


@pytest.fixture
def run(tmp_path):
    """Runs the command and hands back what it said."""

    def call(text, *options):
        file = tmp_path / "eurofxref-hist.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        said = io.StringIO()
        call_command("import_rates", file, "--company", "acme", *options, stdout=said)
        return said.getvalue()

    return call


@pytest.mark.django_db
def test_the_command_takes_what_is_needed_and_nothing_twice(company, run, spend, booking):
    entry, sold = spend(100_000, "SEK"), booking(500_000, "SEK")
    looked = run(HIST, "--dry-run")
    assert "USD, SEK, 2026-03-02 to 2026-03-03: 4 new rates, 0 changed, 0 same." in looked
    assert "spend whose worth was not known: 1, now $95.65" in looked
    assert "nothing was saved" in looked and not ExchangeRate.objects.exists()
    run(HIST)
    assert (worth(entry), worth(sold)) == (9_565, 47_826)
    again = json.loads(run(HIST, "--json"))
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 4)
    done = ImportRun.objects.latest("pk")
    assert (done.kind, done.state, done.same, done.file_content) == ("rates", "done", 4, None)
    more = json.loads(run(zipped(HIST), "--json", "--currencies", "nok, jpy"))
    assert (more["new"], more["currencies"]) == (3, ["USD", "JPY", "SEK", "NOK"])


@pytest.mark.django_db
def test_a_corrected_file_says_what_it_restates(company, run, spend, booking):
    entry, sold = spend(100_000, "SEK"), booking(500_000, "SEK")
    spend(100_000, "SEK", date(2026, 3, 4), campaign="later")  # by the rate of the day before
    run(HIST)
    text = HIST.replace("11.5,", "11,").replace("11.6", "11.60")
    found = json.loads(run(text, "--json", "--dry-run"))
    assert found["restated"] == [
        {
            "day": "2026-03-02",
            "base": "EUR",
            "quote": "SEK",
            "old": "11.50000000",
            "new": "11",
            "amounts": 2,
        }
    ]
    assert found["moved"]["spend"] | {} == {
        "entries": 1,
        "before": 9_565,
        "after": 10_000,
        "lost": 0,
        "found": 0,
        "found_minor": 0,
    }
    assert "1 EUR = 11.5 → 11 SEK: 2 amounts converted by it" in run(text)
    assert (worth(entry), worth(sold)) == (10_000, 50_000)
    assert run(text).startswith("USD, SEK, 2026-03-02 to 2026-03-03: 0 new rates, 0 changed, 4")


@pytest.mark.django_db
def test_a_typed_rate_is_not_replaced_silently(company, run, rate, spend):
    rate("EUR/SEK", "10")
    rate("EUR/USD", "1.1")
    spend(1_000, "SEK")
    found = json.loads(run(HIST, "--json"))
    assert [(one["old"], one["amounts"]) for one in found["restated"]] == [("10.00000000", 1)]
    assert not ExchangeRate.objects.filter(source="typed", quote="SEK").exists()


@pytest.mark.django_db
def test_the_command_says_what_it_cannot_do(company, run, tmp_path):
    assert "Nothing is recorded in another currency" in run(HIST)
    assert not ExchangeRate.objects.exists()
    with pytest.raises(CommandError) as refused:
        run(HIST.replace("USD", "GBP"))
    assert "has no column USD, the currency of Acme" in str(refused.value)
    with pytest.raises(CommandError) as refused:
        call_command("import_rates", tmp_path / "none.csv", "--company", "acme")
    assert refused.value.returncode == 2


@pytest.fixture
def upload(client, company):
    def send(text=HIST, name="eurofxref-hist.csv"):
        file = SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())
        return client.post(reverse(f"{LIST}_upload"), {"company": company.slug, "file": file})

    return send


@pytest.mark.django_db
def test_a_file_is_uploaded_looked_at_and_saved(client, company, signed_in, upload, spend):
    user = signed_in("owner")
    entry = spend(100_000, "SEK")
    looked = upload(zipped(HIST), "eurofxref-hist.zip")
    page = client.get(looked.url)
    assert "2 Mar – 3 Mar 2026, USD, SEK" in words(page)
    assert "Spend entries whose worth was not known: 1, now $95.65" in words(page)
    assert not ExchangeRate.objects.exists()
    client.post(looked.url, {"again": "1", "currency": ["NOK", "XXX"]})
    assert "USD, SEK, NOK" in words(client.get(looked.url))
    client.post(looked.url, {"save": "1"})
    assert worth(entry) == 9_565
    assert {one.author for one in ExchangeRate.objects.all()} == {user}
    assert ExchangeRate.objects.count() == 5
    assert "New rates: 5" in words(client.get(looked.url))
    client.post(looked.url, {"save": "1"})  # a second click
    assert ExchangeRate.objects.count() == 5
    again = upload()
    assert "Saving them again would change nothing" in words(client.get(again.url))
    changed = upload(HIST.replace("11.5,", "11,"))
    page = words(client.get(changed.url))
    assert "11.5 → 11" in page and "worth something else: 1, $95.65 → $100.00" in page


@pytest.mark.django_db
def test_a_bad_file_is_refused_where_it_is_chosen(client, signed_in, upload, spend):
    signed_in("owner")
    spend(1, "SEK")
    answer = upload(HIST.replace("11.6", "eleven"))
    assert "column SEK, “eleven”" in words(answer) or "eleven" in words(answer)
    assert not ImportRun.objects.exists()


@pytest.mark.django_db
def test_a_file_without_anything_to_convert_asks_which_currencies(client, signed_in, upload):
    signed_in("owner")
    looked = upload()
    assert "no rate is needed" in words(client.get(looked.url))
    assert 'name="save"' not in client.get(looked.url).content.decode()
    client.post(looked.url, {"again": "1", "currency": "SEK"})
    assert 'name="save"' in client.get(looked.url).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "code"), [("viewer", 403), ("utm_admin", 403), ("owner", 200)])
def test_only_those_who_keep_spend_upload_rates(client, signed_in, role, code):
    signed_in(role)
    assert client.get(reverse(f"{LIST}_upload")).status_code == code


@pytest.mark.django_db
def test_another_person_does_not_see_what_was_uploaded(client, signed_in, upload, spend):
    signed_in("owner")
    looked = upload()
    signed_in("company_admin")
    assert client.get(looked.url).status_code == 404
