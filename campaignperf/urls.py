"""Root URLs: the admin is the application, with the report pages inside it."""

from django.contrib import admin
from django.urls import include, path

from attribution.shortlinks.views import follow
from attribution.snippet.script import serve
from attribution.webhooks.views import receive
from campaignperf.views import healthz

urlpatterns = [
    path("api/", include("reports.api.urls")),  # first: thousands of leads a minute
    path("api/", include("attribution.api")),
    path("admin/reports/", include("reports.urls")),
    path("admin/tools/", include("attribution.links.urls")),
    path("admin/tools/tag/", include("attribution.snippet.urls")),
    path("admin/tools/person/", include("attribution.privacy.urls")),
    path("admin/repair/channels/", include("attribution.channels.urls")),
    path("admin/", admin.site.urls),
    path("cp.js", serve, name="website-tag"),
    path("l/<slug:slug>", follow, name="short-link"),
    path("hooks/<str:token>/", receive, name="webhook"),
    path("healthz", healthz, name="healthz"),
]
handler400 = "campaignperf.views.bad_request"
handler404 = "campaignperf.views.not_found"
handler500 = "campaignperf.views.server_error"
