"""What may mean the same money as something that is there is said, and nothing else is."""

from datetime import date

import pytest

from attribution import scope
from spend.models import PlatformId
from tests.attribution.import_files import check, take_in
from tests.factories import make_campaign, make_company, make_spend
from tests.spend.test_costs import make_cost

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)
FILE = "day,campaign,source,medium,amount\n2026-03-01,spring,google,cpc,5.00\n"
PLATFORM = "Campaign,Campaign ID,Day,Currency code,Cost\nFrühling,7,2026-03-01,EUR,5.00\n"


@pytest.fixture(autouse=True)
def everything_in_scope():
    with scope.all_companies():
        yield


@pytest.fixture
def company(db):
    company = make_company(currency="EUR")
    spring = make_campaign(company, "spring")
    PlatformId.objects.create(
        company=company, platform="google-ads", external_id="7", campaign=spring
    )
    return company


def said(company, text, **options):
    return [one for one in check(company, "spend", text, **options).notes if "Beside" in one]


@pytest.mark.parametrize("text", [FILE, PLATFORM], ids=["table", "platform"])
@pytest.mark.parametrize("there", [{}, {"source": "file"}], ids=["typed", "file"])
def test_what_was_typed_or_came_from_a_table_without_a_source(company, text, there):
    make_spend(company, "spring", 4_00, day=DAY, **there)
    assert said(company, text) == [
        "Beside one of the new entries (€5.00) there is already one of the same campaign, day "
        "and line, typed in by hand or from another file. Both count: delete one of the two if "
        "they mean the same money."
    ]


TOLD = "Customer ID," + PLATFORM.replace("Frühling", "1-2-3,Frühling")


@pytest.mark.parametrize(("there", "text"), [(TOLD, PLATFORM), (PLATFORM, TOLD)])
def test_a_platform_whose_account_only_one_of_the_files_tells(company, there, text):
    take_in(company, "spend", there)
    assert said(company, text)


def test_another_account_of_the_platform_is_something_else(company):
    take_in(company, "spend", TOLD)
    assert said(company, TOLD.replace("1-2-3", "4-5-6")) == []


def test_what_no_campaign_has_is_known_by_its_name(company):
    make_spend(company, "autumn", 4_00, day=DAY)
    assert said(company, FILE.replace("spring", "Autumn"))


@pytest.mark.parametrize(
    "there",
    [
        {"day": date(2026, 3, 2)},
        {"line": "agency"},
        {"campaign_name": "autumn"},
        {"source": "meta-ads", "platform_id": "8"},  # another platform's own spend
        {"source": "file", "utm_source": "bing", "utm_medium": "cpc"},
        {"amount_minor": 0},
    ],
)
def test_what_is_something_else(company, there):
    text = PLATFORM if "platform_id" in there else FILE
    given = {"day": DAY, "campaign_name": "spring", "amount_minor": 4_00, **there}
    make_spend(company, given.pop("campaign_name"), given.pop("amount_minor"), **given)
    assert said(company, text) == []


def test_what_is_a_part_of_a_shared_cost(company):
    spring = company.campaign_set.get()
    make_cost(company, 31_00, spring, line="media", first_day=DAY, last_day=date(2026, 3, 31))
    assert said(company, FILE) == []


def test_what_the_file_itself_holds_or_replaces(company):
    take_in(company, "spend", FILE)
    less = "day,campaign,amount\n2026-03-01,spring,6.00\n"
    assert said(company, less)
    assert said(company, less, whole_days=True) == []
    assert said(company, FILE + "2026-03-01,spring,,,4.00\n") == []
