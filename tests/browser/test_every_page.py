"""What every page is held to: accessible, nothing refused by the policy, no sideways scroll."""

import pytest

from attribution import scope
from attribution.models import Campaign, Lead, Refusal, WebhookSource
from reports.models import ClosedMonth, Note, Subscription
from spend.models import SpendEntry
from tests.browser.accessibility import assert_accessible, assert_fits
from tests.browser.conftest import NARROW, OVERVIEW

pytestmark = pytest.mark.django_db
PAGES = {
    "overview": OVERVIEW,
    "saved views": "/admin/reports/views/",
    "page of a campaign": "/admin/reports/campaign/{campaign}/?period=364d",
    "page of a campaign, shared out": "/admin/reports/campaign/{campaign}/"
    "?model=linear&kind=test&line=media&source=google",
    "notes": "/admin/reports/notes/",
    "a note": "/admin/reports/notes/{note}/",
    "add a target": "/admin/reports/target/add/",
    "digests": "/admin/reports/subscription/",
    "try a digest": "/admin/reports/subscription/{digest}/send/",
    "a digest": "/admin/reports/subscription/{digest}/change/",
    "add an alert": "/admin/reports/alert/add/",
    "overview by source": OVERVIEW + "?group=source&channel=email&q=a",
    "overview under a model": OVERVIEW + "?model=linear&window=14",
    "overview compared": OVERVIEW + "?period=28d&compare=year&changes=rows",
    "campaigns side by side": "/admin/reports/compare/?campaign={campaign}&campaign={other}",
    "home": "/admin/",
    "budget": "/admin/reports/budget/",
    "spend audit": "/admin/reports/spend-audit/?period=364d",
    "closed months": "/admin/reports/months/",
    "a closed month": "/admin/reports/months/{closing}/",
    "overview as closed": OVERVIEW + "?period=last-month&as=closed",
    "definitions": "/admin/reports/definitions/",
    "leads": "/admin/attribution/lead/?kind=primary&basis=booked",
    "lead": "/admin/attribution/lead/{lead}/change/",
    "bookings": "/admin/attribution/booking/",
    "campaigns": "/admin/attribution/campaign/",
    "campaign": "/admin/attribution/campaign/{campaign}/change/",
    "add a campaign": "/admin/attribution/campaign/add/",
    "clone a campaign": "/admin/attribution/campaign/{campaign}/clone/",
    "overview by goal": OVERVIEW + "?group=goal&tag=a&goal=%28none%29&campaign_group=%28none%29",
    "spend": "/admin/spend/spendentry/",
    "add spend": "/admin/spend/spendentry/add/",
    "spend entry": "/admin/spend/spendentry/{entry}/change/",
    "shared costs": "/admin/spend/cost/",
    "add a shared cost": "/admin/spend/cost/add/",
    "kinds of file": "/admin/spend/columnmapping/",
    "import runs": "/admin/attribution/importrun/",
    "kinds of file of leads": "/admin/attribution/filemapping/",
    "capture health": "/admin/reports/capture/",
    "maturity": "/admin/reports/maturity/",
    "refused events": "/admin/attribution/refusal/",
    "a refused event": "/admin/attribution/refusal/{refusal}/send/",
    "capture rules": "/admin/attribution/capturerule/",
    "add capture rules": "/admin/attribution/capturerule/add/",
    "try the rules": "/admin/attribution/capturerule/try/",
    "changes of kinds": "/admin/attribution/kindbatch/",
    "overview with other kinds": OVERVIEW + "?kind=test&kind=bot",
    "ingest keys": "/admin/attribution/ingestkey/",
    "add an ingest key": "/admin/attribution/ingestkey/add/",
    "read keys": "/admin/attribution/readkey/",
    "add a read key": "/admin/attribution/readkey/add/",
    "for programs and ai": "/admin/reports/api/",
    "webhooks": "/admin/attribution/webhooksource/",
    "a webhook": "/admin/attribution/webhooksource/{webhook}/change/",
    "mapping of a webhook": "/admin/attribution/webhooksource/{webhook}/mapping/",
    "import spend": "/admin/spend/spendentry/import/",
    "export leads": "/admin/attribution/lead/export/",
    "utm builder": "/admin/tools/utm-builder/",
    "link checker": "/admin/tools/link-checker/",
    "a person's data": "/admin/tools/person/",
    "naming rules": "/admin/attribution/namingrules/",
    "website tag": "/admin/tools/tag/",
    "live test": "/admin/tools/tag/test/",
    "sign in": "/admin/login/",
    "lead to repair": "/admin/attribution/lead/{lead}/change/",
    "campaign to repair": "/admin/attribution/campaign/{campaign}/change/",
    "last repairs": "/admin/reports/repair-log/",
    "correct leads": "/admin/reports/correct-leads/?lead={lead}",
    "repair a campaign": "/admin/reports/campaign-repair/{campaign}/",
    "repair queue": "/admin/reports/repair/",
    "size of the queue": "/admin/reports/repair/?why=",
    "utm rules": "/admin/reports/utm-rules/?field=source&test=e.org%3Futm_source%3Dfb",
    "add a rule": "/admin/reports/utm-rule/add/?field=campaign",
}
# Pages that only those who repair can open, or that offer them more.
OF_REPAIRERS = {
    "a note",
    "lead to repair",
    "campaign to repair",
    "correct leads",
    "repair a campaign",
    "repair queue",
    "refused events",
    "a refused event",
    "capture rules",
    "add capture rules",
    "try the rules",
    "a person's data",
    "ingest keys",
    "add an ingest key",
    "read keys",
    "add a read key",
    "webhooks",
    "a webhook",
    "mapping of a webhook",
    "utm rules",
    "add a rule",
}


def address(name: str) -> str:
    with scope.all_companies():
        return PAGES[name].format(
            closing=ClosedMonth.objects.order_by("pk").values_list("pk", flat=True).first(),
            entry=SpendEntry.objects.order_by("pk").values_list("pk", flat=True).first(),
            lead=Lead.objects.order_by("pk").values_list("pk", flat=True).first(),
            refusal=Refusal.objects.order_by("pk").values_list("pk", flat=True).first(),
            digest=Subscription.objects.order_by("pk").values_list("pk", flat=True).first(),
            webhook=WebhookSource.objects.order_by("pk").values_list("pk", flat=True).first(),
            campaign=Campaign.objects.order_by("pk").values_list("pk", flat=True).first(),
            note=Note.objects.order_by("pk").values_list("pk", flat=True).first(),
            other=Campaign.objects.order_by("pk").values_list("pk", flat=True)[1],
        )


def user(name: str) -> str | None:
    if name in OF_REPAIRERS:
        return "company-admin"
    return None if name == "sign in" else "owner"


@pytest.mark.parametrize("name", PAGES)
def test_page_is_accessible_keeps_to_the_policy_and_fits_the_smallest_phone(open_page, name):
    seen = open_page(address(name), user=user(name))
    assert_accessible(seen)
    assert_fits(seen)


@pytest.mark.parametrize("name", ["overview", "home", "import spend", "leads"])
def test_on_a_phone_the_content_has_the_whole_width(open_page, name):
    page = open_page(address(name), width=NARROW).page
    assert page.locator("#content").bounding_box()["width"] > 0.85 * NARROW
