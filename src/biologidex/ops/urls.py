"""Addresses for operating the server, and what it says about itself."""

from django.urls import path, re_path

from biologidex.ops import csp_reports, health, metrics, views
from biologidex.ops.api import about, export

app_name = "ops"
urlpatterns = [
    # With and without the last slash: not every prober follows a redirect.
    re_path(r"^health/?$", health.live, name="live"),
    re_path(r"^ready/?$", health.ready, name="ready"),
    re_path(r"^api/v1/health/?$", health.deep, name="health"),
    re_path(r"^metrics/?$", metrics.metrics, name="metrics"),
    path("csp-report/", csp_reports.take, name="csp-report"),
    path("api/v1/", about.Index.as_view(), name="index"),
    path("api/v1/version/", about.Version.as_view(), name="version"),
    path("api/v1/users/me/export/", export.Export.as_view(), name="export"),
    path("api/schema/", views.schema, name="schema"),
    path("api/docs/", views.docs, name="docs"),
    path("api/redoc/", views.redoc, name="redoc"),
]
