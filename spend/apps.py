"""What campaigns cost."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SpendConfig(AppConfig):
    name = "spend"

    def ready(self) -> None:
        from attribution.imports import registry
        from spend.imports import SpendImporter

        registry.register(SpendImporter)
        post_migrate.connect(_install_triggers, sender=self)


def _install_triggers(using: str, **kwargs: Any) -> None:
    from spend import triggers

    triggers.install(using)
