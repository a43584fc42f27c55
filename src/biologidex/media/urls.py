"""Addresses under /api/v1/."""

from django.urls import path

from biologidex.media.api import conversions, originals

urlpatterns = [
    path("photos/<uuid:photo_id>/original/", originals.Original.as_view(), name="photo-original"),
    path("images/convert/", conversions.Conversions.as_view(), name="conversions"),
    path("images/convert/<uuid:photo_id>/", conversions.Conversion.as_view(), name="conversion"),
    path(
        "images/convert/<uuid:photo_id>/download/",
        conversions.ConversionDownload.as_view(),
        name="conversion-download",
    ),
]
