"""Questions and answers: the campaign report."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
