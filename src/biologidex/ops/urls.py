"""Addresses for operating the server. With and without the last slash: not every prober follows a redirect."""

from django.urls import path, re_path

from biologidex.ops import api, health

app_name = "ops"
urlpatterns = [
    re_path(r"^health/?$", health.live, name="live"),
    re_path(r"^ready/?$", health.ready, name="ready"),
    re_path(r"^api/v1/health/?$", health.ready, name="health"),
    path("api/v1/users/me/export/", api.Export.as_view(), name="export"),
]
