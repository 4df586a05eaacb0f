"""The admin site: everything a person does happens inside it."""

from django.contrib import admin


class CampaignPerfAdminSite(admin.AdminSite):
    site_header = "Campaign Performance"
    site_title = "Campaign Performance"
    index_title = "Home"
    site_url = None
