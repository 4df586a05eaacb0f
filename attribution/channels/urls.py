"""The address of the page of channels, inside the admin."""

from django.contrib import admin
from django.urls import path

from attribution.channels import pages

app_name = "channels"
urlpatterns = [path("", admin.site.admin_view(pages.channels), name="rules")]
