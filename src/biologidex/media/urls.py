"""Addresses under /api/v1/."""

from django.urls import path

from biologidex.media.api import conversions, originals, uploads

urlpatterns = [
    path("photos/<uuid:photo_id>/original/", originals.Original.as_view(), name="photo-original"),
    path("images/convert/", conversions.Conversions.as_view(), name="conversions"),
    path("images/convert/<uuid:photo_id>/", conversions.Conversion.as_view(), name="conversion"),
    path(
        "images/convert/<uuid:photo_id>/download/",
        conversions.ConversionDownload.as_view(),
        name="conversion-download",
    ),
    path("uploads/", uploads.Uploads.as_view(), name="uploads"),
    path("uploads/direct/", uploads.DirectUploads.as_view(), name="direct-uploads"),
    path("uploads/<uuid:upload_id>/", uploads.Upload.as_view(), name="upload"),
    path("uploads/<uuid:upload_id>/finish/", uploads.UploadFinish.as_view(), name="upload-finish"),
]
