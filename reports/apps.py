"""Questions and answers: the campaign report, and the sums it reads."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from attribution.signals import facts_changed, facts_settled
        from reports import receivers

        facts_changed.connect(receivers.refresh_sums)
        facts_settled.connect(receivers.settle_sums)
        post_migrate.connect(_install_triggers, sender=self)


def _install_triggers(using: str, **kwargs: Any) -> None:
    from reports.rollup import triggers

    triggers.install(using)
