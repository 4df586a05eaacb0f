"""The address of the page about one person, inside the admin."""

from django.contrib import admin
from django.urls import path

from attribution.privacy import page

app_name = "person"
urlpatterns = [path("", admin.site.admin_view(page.person), name="page")]
