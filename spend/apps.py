"""What campaigns cost."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SpendConfig(AppConfig):
    name = "spend"

    def ready(self) -> None:
        from attribution import signals
        from attribution.imports import registry
        from spend import converting, matching
        from spend.budgets.notices import look_after_change
        from spend.importing.importer import SpendImporter
        from spend.importing.straight import StraightSpendImporter

        registry.register(SpendImporter, straight=StraightSpendImporter)
        signals.spend_asked.connect(matching.answer)
        signals.spend_moved.connect(matching.follow)
        signals.campaigns_made.connect(matching.match_anew)
        signals.rates_asked.connect(converting.answer)
        signals.rates_changed.connect(converting.follow)
        signals.currencies_asked.connect(converting.answer_currencies)
        signals.missing_asked.connect(converting.answer_missing)
        signals.facts_changed.connect(look_after_change)
        post_migrate.connect(_install_triggers, sender=self)


def _install_triggers(using: str, **kwargs: Any) -> None:
    from spend import triggers

    triggers.install(using)
