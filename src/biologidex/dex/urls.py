"""Addresses under /api/v1/."""

from django.urls import path

from biologidex.dex import api

urlpatterns = [
    path("dex/entries/", api.Entries.as_view(), name="entries"),
    path("dex/entries/my_entries/", api.MyEntries.as_view(), name="my-entries"),
    path("dex/entries/<uuid:entry_id>/", api.EntryDetail.as_view(), name="entry"),
]
