"""The project's own admin site takes the place of Django's default one."""

from django.contrib.admin.apps import AdminConfig


class CampaignPerfAdminConfig(AdminConfig):
    default_site = "campaignperf.admin_site.CampaignPerfAdminSite"
