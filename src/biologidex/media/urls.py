"""Addresses under /api/v1/."""

from django.urls import path

from biologidex.media import api

urlpatterns = [path("photos/<uuid:photo_id>/original/", api.Original.as_view(), name="photo-original")]
