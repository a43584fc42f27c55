"""The shapes of what a dex adds up to in JSON."""

from typing import Any

from rest_framework import serializers


class DexStatsOut(serializers.Serializer[Any]):
    """A dex in numbers, as far as the viewer may see it."""

    user_id = serializers.UUIDField()
    username = serializers.CharField()
    cards = serializers.IntegerField(min_value=0)
    photos = serializers.IntegerField(min_value=0)
    species = serializers.IntegerField(min_value=0)
    first_finds = serializers.IntegerField(min_value=0, help_text="animals that nobody here had found before")
    wild = serializers.IntegerField(min_value=0)
    captive = serializers.IntegerField(min_value=0)
    by_class = serializers.DictField(child=serializers.IntegerField())
    by_month = serializers.DictField(
        child=serializers.IntegerField(), help_text="by year and month, as YYYY-MM"
    )
    longest_streak = serializers.IntegerField(min_value=0, help_text="days in a row with a find")
    current_streak = serializers.IntegerField(min_value=0)
    first_day = serializers.CharField(allow_blank=True)
    latest_day = serializers.CharField(allow_blank=True)


class SetOut(serializers.Serializer[Any]):
    """A set of animals, and how far one is with it."""

    key = serializers.CharField()
    title = serializers.CharField()
    about = serializers.CharField()
    found = serializers.IntegerField(min_value=0)
    total = serializers.IntegerField(min_value=1)
    is_complete = serializers.BooleanField()


class SetMemberOut(serializers.Serializer[Any]):
    """An animal of a set; the number is that of one's card that counts for it."""

    rank = serializers.CharField()
    scientific_name = serializers.CharField()
    common_name = serializers.CharField(allow_blank=True)
    is_found = serializers.BooleanField()
    creation_index = serializers.IntegerField(required=False)


class WholeSetOut(SetOut):
    """A set with its members."""

    members = SetMemberOut(many=True)


class BadgeOut(serializers.Serializer[Any]):
    """A badge, and how far it is."""

    key = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    earned = serializers.BooleanField()
    progress = serializers.FloatField(min_value=0, max_value=1)
    earned_at = serializers.DateTimeField(required=False)


class BadgesOut(serializers.Serializer[Any]):
    """Somebody's badges. Whoever has switched them off has none."""

    enabled = serializers.BooleanField()
    badges = BadgeOut(many=True)


class FirstFinderOut(serializers.Serializer[Any]):
    """Who found an animal first here. Left out where that very card is not to be seen."""

    animal_id = serializers.UUIDField()
    user_id = serializers.UUIDField(required=False)
    username = serializers.CharField(required=False)
    entry_id = serializers.UUIDField(required=False)
    is_self = serializers.BooleanField(required=False)
