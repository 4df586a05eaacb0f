"""Leads, where they came from, and what became of them."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AttributionConfig(AppConfig):
    name = "attribution"

    def ready(self) -> None:
        from attribution.imports import bookings, campaigns, leads, registry
        from attribution.touches import importer as touches

        registry.register(leads.LeadImporter)
        registry.register(bookings.BookingImporter)
        registry.register(campaigns.CampaignImporter)
        registry.register(touches.TouchImporter)
        post_migrate.connect(_install_triggers, sender=self)


def _install_triggers(using: str, **kwargs: Any) -> None:
    from attribution import triggers

    triggers.install(using)
