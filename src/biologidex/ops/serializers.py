"""Shapes of what the server says about itself."""

from rest_framework import serializers


class IndexOut(serializers.Serializer[dict[str, object]]):
    """Where a program that knows nothing yet finds the rest."""

    name = serializers.CharField()
    versions = serializers.ListField(child=serializers.CharField())
    schema = serializers.URLField()
    documentation = serializers.URLField()
    lists = serializers.DictField(
        child=serializers.URLField(), help_text="Addresses that need nothing filled in."
    )


class FeaturesOut(serializers.Serializer[dict[str, object]]):
    """What this server can do."""

    api_versions = serializers.ListField(child=serializers.CharField())
    identification = serializers.ListField(
        child=serializers.CharField(), help_text="Who identifies, in this order."
    )
    max_upload_mb = serializers.IntegerField()


class VersionOut(serializers.Serializer[dict[str, object]]):
    """Which server this is, and whether the program that asks should be another one."""

    version = serializers.CharField()
    git_commit = serializers.CharField(allow_blank=True)
    version_check_enabled = serializers.BooleanField()
    expected_version = serializers.CharField(allow_blank=True)
    update_required = serializers.BooleanField()
    update_message = serializers.CharField(allow_blank=True)
    features = FeaturesOut()
