"""Photos, for whoever may look into everything."""

from django.contrib import admin

from biologidex.core.admin import Reading, site
from biologidex.media.models import Photo, UploadSession


@admin.register(Photo, site=site)
class PhotoAdmin(Reading):
    """Photos, without the photos."""

    list_display = ["id", "owner", "size", "pictures_size", "created_at"]
    search_fields = ["owner__username"]
    list_select_related = ["owner"]
    ordering = ["-created_at"]


@admin.register(UploadSession, site=site)
class UploadSessionAdmin(Reading):
    """Photos on their way."""

    list_display = ["id", "owner", "size", "offset"]
    search_fields = ["owner__username"]
    list_select_related = ["owner"]
