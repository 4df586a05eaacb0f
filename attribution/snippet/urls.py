"""Addresses of the website tag's pages, inside the admin."""

from django.contrib import admin
from django.urls import path

from attribution.snippet import pages

app_name = "tag"
urlpatterns = [
    path("", admin.site.admin_view(pages.website_tag), name="page"),
    path("test/", admin.site.admin_view(pages.live_test), name="test"),
]
