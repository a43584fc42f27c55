"""Addresses under /api/v1/."""

from django.urls import include, path

from biologidex.dex.api import collection, entries, friends, links, lists, sync, telling

urlpatterns = [
    path("social/friendships/friends/", friends.Friends.as_view(), name="friends"),
    path("animals/<uuid:animal_id>/first_finder/", collection.FirstFinder.as_view(), name="first-finder"),
    path("dex/stats/", collection.Stats.as_view(), name="stats"),
    path("dex/stats/<uuid:user_id>/", collection.StatsOf.as_view(), name="stats-of"),
    path("dex/sets/", collection.Sets.as_view(), name="sets"),
    path("dex/sets/<slug:key>/", collection.SetDetail.as_view(), name="set"),
    path("dex/badges/", collection.Badges.as_view(), name="badges"),
    path("dex/badges/<uuid:user_id>/", collection.BadgesOf.as_view(), name="badges-of"),
    path("animals/popular/", lists.PopularAnimals.as_view(), name="popular-animals"),
    path("dex/feed/", lists.Feed.as_view(), name="feed"),
    path("dex/entries/", entries.Entries.as_view(), name="entries"),
    path("dex/entries/my_entries/", lists.MyEntries.as_view(), name="my-entries"),
    path("dex/entries/favorites/", lists.Favorites.as_view(), name="favorites"),
    path("dex/entries/recent/", lists.Recent.as_view(), name="recent-entries"),
    path("dex/entries/by_animal/", lists.ByAnimal.as_view(), name="entries-by-animal"),
    path("dex/entries/sync_entries/", sync.SyncEntries.as_view(), name="sync"),
    path("dex/entries/batch_sync/", sync.BatchSync.as_view(), name="batch-sync"),
    path("dex/entries/friends_overview/", sync.FriendsOverview.as_view(), name="friends-overview"),
    path("dex/entries/user/<uuid:user_id>/entries/", sync.SyncOther.as_view(), name="sync-other"),
    path("dex/entries/<uuid:entry_id>/", entries.EntryDetail.as_view(), name="entry"),
    path("dex/entries/<uuid:entry_id>/toggle_favorite/", entries.EntryFavorite.as_view(), name="favorite"),
    path("dex/entries/<uuid:entry_id>/photos/", entries.EntryPhotos.as_view(), name="entry-photos"),
    path(
        "dex/entries/<uuid:entry_id>/photos/<uuid:photo_id>/",
        entries.EntryPhotoDetail.as_view(),
        name="entry-photo",
    ),
    path("dex/entries/<uuid:entry_id>/reactions/", telling.Reactions.as_view(), name="reactions"),
    path("dex/links/", links.Links.as_view(), name="links"),
    path("dex/links/<uuid:link_id>/", links.LinkDetail.as_view(), name="link"),
    path("social/notifications/", telling.Notifications.as_view(), name="notifications"),
    path("social/notifications/read/", telling.NotificationsRead.as_view(), name="notifications-read"),
    path("", include("biologidex.dex.exchange.urls")),
]
