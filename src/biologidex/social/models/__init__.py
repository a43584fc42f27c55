"""Who is whose friend, what people are told, and what they report."""

from biologidex.social.models.friendship import Block, Circle, Friendship, FriendshipQuerySet, Standing
from biologidex.social.models.notices import Notification, NotificationQuerySet, NotificationSettings
from biologidex.social.models.reports import Report, ReportQuerySet

__all__ = [
    "Block",
    "Circle",
    "Friendship",
    "FriendshipQuerySet",
    "Notification",
    "NotificationQuerySet",
    "NotificationSettings",
    "Report",
    "ReportQuerySet",
    "Standing",
]
