"""What is sent from the page of unmatched spend."""

import json

URL = "/admin/reports/unmatched-spend/"
IDS = "/admin/reports/platform-ids/"
BY_ID = ("google-ads", "77", "")
SLIP = ("", "", "autumn_clearence")
NAMELESS = ("", "", "")


def sent(*rows, reason="a slip in the file", **others):
    """The form as a browser sends it: rows are the group, what to do, and to what."""
    data = {"reason": reason} | others
    for number, (group, action, to) in enumerate(rows, start=1):
        data[f"key-{number}"] = json.dumps(group)
        data[f"tick-{number}"] = "on"
        data[f"do-{number}"] = action
        data[f"to-{number}"] = to
    return data


def confirmed(answer, **others):
    """What the preview's button sends."""
    context = answer.context
    data = {"shown": context["shown"], "wish": context["wish"], "then": context["then"]}
    return data | others
