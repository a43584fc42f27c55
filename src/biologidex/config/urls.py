"""Every address of the server, one line a part."""

from django.urls import include, path

api_v1 = [
    path("", include("biologidex.accounts.urls")),
    path("", include("biologidex.animals.urls")),
    path("", include("biologidex.media.urls")),
    path("", include("biologidex.social.urls")),
    path("", include("biologidex.vision.urls")),
    path("", include("biologidex.dex.urls")),
    path("", include("biologidex.graph.urls")),
]

urlpatterns = [
    path("api/v1/", include((api_v1, "api"))),
    path("", include("biologidex.dex.addresses")),
    path("", include("biologidex.ops.urls")),
    path("staff/", include("biologidex.ops.staff.urls")),
    path("", include("biologidex.web.urls")),
]

handler400 = "biologidex.core.faults.bad_request"
handler404 = "biologidex.core.faults.not_found"
handler500 = "biologidex.core.faults.server_error"
