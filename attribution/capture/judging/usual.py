"""The rules that every new company begins with: leads that are tests. Each can be switched off."""

from typing import Any

from attribution.models import CaptureRule, Company

What, Then = CaptureRule.What, CaptureRule.Then
# Domains that RFC 2606 and RFC 6761 keep for examples: nobody receives mail there.
USUAL = (
    *((What.EMAIL_DOMAIN, name) for name in ("example.com", "example.net", "example.org")),
    *((What.EMAIL_DOMAIN, name) for name in ("test", "example", "invalid", "localhost")),
    (What.PARAMETER, "cp_test=1"),
    (What.NAME, "=test"),
)


def add_usual_rules(company: Company, author: Any = None) -> int:
    """Those that are missing; how many were."""
    known = set(CaptureRule.objects.filter(company=company).values_list("what", "value"))
    missing = [
        CaptureRule(company=company, what=what, value=value, then=Then.TEST, author=author)
        for what, value in USUAL
        if (what.value, value) not in known
    ]
    CaptureRule.objects.bulk_create(missing)
    return len(missing)
