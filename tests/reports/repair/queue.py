"""A repair queue with one group of each kind, and what is sent from its page."""

import json

from django.urls import reverse

from attribution.models import RepairDraft
from attribution.repair.intents import (
    DISCOVERED,
    GroupKey,
    from_json,
)

URL = "/admin/reports/repair/"
MADE = GroupKey(DISCOVERED, "sommer sale")
SLIP = GroupKey(DISCOVERED, "autum_clearnce")
BROKEN = GroupKey("broken_tag", "{{campaign.name}}")
LETTER = GroupKey("no_campaign", "", "news", "email")
SOURCELESS = GroupKey("no_campaign", "", "", "email")
DIRECT = GroupKey("direct", "")


def sent(*rows, reason="a slip in the ads", **others):
    """The form as a browser sends it: rows are the group, what to do, to what, and a rule."""
    data = {"reason": reason} | others
    for number, (group, action, to, future) in enumerate(rows, start=1):
        data[f"key-{number}"] = json.dumps(group)
        data[f"tick-{number}"] = "on"
        data[f"do-{number}"] = action
        data[f"to-{number}"] = to
        if future:
            data[f"future-{number}"] = "on"
    return data


def choices(client, data):
    """What the draft asks for that was made of the form."""
    answer = client.post(URL, data)
    assert answer.status_code == 302, answer.context["sent"]
    draft = RepairDraft.objects.get()
    assert answer["Location"] == reverse("reports:preview", args=[draft.token])
    assert draft.reason == data["reason"]
    return from_json(draft.intent).choices


def faults(client, data):
    """The form that came back: its own errors, and those of its rows."""
    answer = client.post(URL, data)
    assert answer.status_code == 200
    assert not RepairDraft.objects.exists()
    form = answer.context["sent"]
    return form.errors, [error for row in form.rows for error in row.errors]
