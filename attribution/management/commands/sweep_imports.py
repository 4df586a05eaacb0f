"""Marks imports that were killed as interrupted; nothing of theirs was saved."""

from typing import Any

from django.core.management.base import BaseCommand

from attribution import scope
from attribution.imports import runs
from attribution.models import Company


class Command(BaseCommand):
    """To be called every minute by cron or a timer; the next import of a company does it too."""

    help = "Mark imports that were killed as interrupted."

    def handle(self, *args: Any, **options: Any) -> None:
        with scope.all_companies():
            marked = sum(runs.sweep(company) for company in Company.objects.all())
        if marked:
            self.stdout.write(f"Imports marked as interrupted: {marked}.")
