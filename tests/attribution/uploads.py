"""A person with the import pages in front of him: uploads, confirms, reads."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from attribution.models import ImportRun

LEADS = "attribution_lead"
GOOD = "id,received_at,utm_campaign\nL1,2026-03-01,Spring\nL2,2026-03-04,Spring\n"
BAD = "id,received_at,utm_campaign\nL1,not a day,Spring\n"


def address(page, *args, model=LEADS):
    return reverse(f"admin:{model}_{page}", args=args)


def upload(client, company, text=GOOD, *, name="leads.csv", model=LEADS, **said):
    content = text.encode() if isinstance(text, str) else text
    posted = {
        "company": company.slug,
        "file": SimpleUploadedFile(name, content),
        "day_order": "ymd",
        "decimal_sign": ".",
    }
    return client.post(address("import", model=model), posted | said)


def waiting_run(client, company, text=GOOD, **given):
    """The run that an upload leaves behind."""
    answer = upload(client, company, text, **given)
    assert answer.status_code == 302, answer.context["form"].errors
    return ImportRun.objects.latest("pk")


def confirm(client, run, model=LEADS):
    return client.post(address("process_import", model=model), {"token": run.token}, follow=True)


def words(answer):
    """What a reader sees of a page."""
    content = re.search(r'<div id="content".*', answer.content.decode(), re.DOTALL)[0]
    return " ".join(re.sub("<[^>]*>", " ", content).split())
