"""The pages of an import of spend: what they say of changes, and where they lead."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from attribution.models import ImportRun, Membership
from spend.models import SpendEntry
from tests.attribution.import_files import take_in
from tests.factories import make_campaign, make_company
from tests.spend.admin.conftest import url

pytestmark = pytest.mark.django_db
FILE = "Campaign,Campaign ID,Day,Currency code,Cost\n"
KEPT = "a,1,2026-03-02,EUR,5.00\n"


def test_the_days_of_an_import_are_also_those_of_which_it_removed_something(
    client, company, signed_in
):
    user = signed_in()
    make_campaign(company, "a")
    take_in(company, "spend", f"{FILE}a,1,2026-03-01,EUR,1.00\n{KEPT}b,2,2026-03-02,EUR,2.00\n")
    run = take_in(company, "spend", f"{FILE}a,1,2026-03-01,EUR,9.00\n{KEPT}", author=user).run
    done = client.get(url("spendentry", "import_done", run.token))
    assert (done.context["first"], done.context["last"]) == (date(2026, 3, 1), date(2026, 3, 2))
    assert "from=2026-03-01&amp;to=2026-03-02" in done.content.decode()
    client.post(url("spendentry", "import_undo", run.token))
    assert SpendEntry.objects.filter(campaign_name="b").exists()
    undone = client.get(url("spendentry", "import_done", run.token))
    assert "This import was undone" in undone.content.decode()


def test_the_history_says_the_time_as_the_pages_of_the_import_do(client, company, signed_in):
    user = signed_in()
    company.timezone = "Asia/Tokyo"
    company.save()
    run = take_in(company, "spend", f"{FILE}{KEPT}", author=user).run
    ImportRun.objects.filter(pk=run.pk).update(started_at="2026-03-01T20:30:00Z")
    listed = client.get(reverse("admin:attribution_importrun_changelist")).content.decode()
    assert "2 Mar 2026, 05:30" in listed


def test_whose_file_it_is_is_asked_where_it_may_be_of_several(client, company, signed_in):
    user = signed_in()
    upload = url("spendentry", "import")
    assert '<option value="">' not in client.get(upload).content.decode().partition("day_order")[0]
    other = make_company(name="Aardvark")
    Membership.objects.create(company=other, user=user, role="company_admin")
    assert '<option value="" selected>Choose a company' in client.get(upload).content.decode()
    posted = client.post(upload, {"company": "", "file": SimpleUploadedFile("a.csv", b"a,b")})
    assert posted.context["form"].errors["company"]
    run = take_in(company, "spend", f"{FILE}{KEPT}", author=user).run
    done = client.get(url("spendentry", "import_done", run.token)).content.decode()
    assert f'href="{upload}?company=acme">Import another file' in done
    chosen = client.get(f"{upload}?company=acme").content.decode()
    assert '<option value="acme" selected>' in chosen


@pytest.mark.parametrize(
    ("text", "answers", "minor"),
    [
        # 3,250,000 millionths are 3.25.
        (
            "day,campaign,clicks,cost\n2026-03-01,a,12,3250000\n",
            {"format": "google-ads-api", "currency": "EUR"},
            325,
        ),
        ("day,campaign,cost\n12-Mar-26,a,5.00\n", {"day_order": "dmy"}, 500),
        ("day,campaign,cost ($)\n2026-03-01,a,5.00\n", {"currency": "USD"}, 500),
    ],
)
def test_what_a_file_leaves_open_is_answered_on_its_page(
    client, company, signed_in, text, answers, minor
):
    signed_in()
    file = SimpleUploadedFile("a.csv", text.encode())
    page = client.post(url("spendentry", "import"), {"company": company.slug, "file": file}).url
    for field, answer in answers.items():
        assert f'name="{field}"' in client.get(page).content.decode()
        client.post(page, {field: answer, "answer": "1"})
    assert client.get(page).context["outcome"].totals.minor == minor
