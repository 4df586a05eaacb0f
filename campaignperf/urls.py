"""Root URLs: the admin is the application."""

from django.contrib import admin
from django.urls import path

from campaignperf.views import healthz

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
]
handler500 = "campaignperf.views.server_error"
