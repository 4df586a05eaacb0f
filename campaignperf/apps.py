"""The project's own admin site takes the place of Django's default one."""

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig


class CampaignPerfAdminConfig(AdminConfig):
    default_site = "campaignperf.admin_site.CampaignPerfAdminSite"

    def ready(self) -> None:
        super().ready()
        from django_tasks_db.models import DBTaskResult

        admin.site.unregister(DBTaskResult)  # an import says itself how far it is
