"""What a person has asked for and not yet confirmed."""

import secrets
from datetime import timedelta
from typing import Any

from django.utils import timezone

from attribution.models import Company, RepairDraft
from attribution.repair.adopt import adopt
from attribution.repair.intents import Intent, to_json

KEPT_FOR = timedelta(days=1)


def make(company: Company, intent: Intent, author: Any, reason: str = "") -> RepairDraft:
    """Keep it for the preview, which a day later is gone. Decides nothing."""
    adopt(company)
    old = timezone.now() - KEPT_FOR
    RepairDraft.objects.filter(company=company, made_at__lt=old).delete()
    return RepairDraft.objects.create(
        company=company,
        token=secrets.token_urlsafe(32),
        author=author,
        intent=to_json(intent),
        reason=reason.strip(),
    )


def find(token: str, user: Any) -> RepairDraft | None:
    """The draft of this token, for its author alone."""
    young = timezone.now() - KEPT_FOR
    drafts = RepairDraft.objects.filter(token=token, author=user.pk, made_at__gte=young)
    return drafts.select_related("company").first()
