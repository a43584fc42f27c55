"""Addresses under /api/v1/."""

from django.urls import path

from biologidex.dex.exchange import api

urlpatterns = [
    path("dex/export/<slug:kind>/", api.Export.as_view(), name="export"),
    path("dex/import/", api.Imports.as_view(), name="imports"),
    path("dex/import/<uuid:run_id>/", api.ImportDetail.as_view(), name="import"),
    path("dex/import/<uuid:run_id>/rows/", api.ImportRows.as_view(), name="import-rows"),
    path("dex/pictures/<uuid:shown_id>/", api.PublishedPicture.as_view(), name="published-picture"),
]
