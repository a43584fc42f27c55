"""What each operation of the API is about. One that is in none of these lists fails the tests until it is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import make
from api.surfaces import SURFACES
from api.world import World
from biologidex.social.models import Block

V1 = "/api/v1/"

# Open to whoever has not signed in. Adding a line here is a decision.
OPEN = set((Path(__file__).parent / "open_to_everybody.txt").read_text().split("\n")) - {""}

# Shows a find, or part of one: in the truth table.
SHOWS_FINDS = {operation for surface in SURFACES for operation in surface.operations}

# Names nobody else's things: it reads or changes only what the person who asks has.
OWN_THINGS = {
    f"{method} {V1}{path}"
    for method, path in [
        ("POST", "auth/logout/"),
        ("POST", "auth/logout/everywhere/"),
        ("POST", "auth/password/change/"),
        ("GET", "auth/sessions/"),
        ("GET", "users/me/"),
        ("PUT", "users/me/"),
        ("PATCH", "users/me/"),
        ("DELETE", "users/me/"),
        ("GET", "users/friend_code/"),
        ("POST", "users/friend_code/regenerate/"),
        ("GET", "dex/links/"),
        ("GET", "social/blocks/"),
        ("GET", "social/friendships/"),
        ("GET", "social/friendships/pending/"),
        ("GET", "social/friendships/sent/"),
        ("GET", "social/notifications/"),
        ("POST", "social/notifications/read/"),
        ("GET", "vision/providers/"),
        ("PUT", "vision/providers/"),
        ("GET", "graph/tree/friends/"),
        ("POST", "graph/tree/invalidate/"),
        ("GET", "dex/import/"),
        ("GET", "dex/sets/"),
        ("GET", "dex/sets/{key}/"),
        ("POST", "dex/import/"),
        ("POST", "images/convert/"),
        ("POST", "animals/lookup_or_create/"),
        ("POST", "uploads/"),
        ("POST", "uploads/direct/"),
        ("GET", "vision/jobs/failed/"),
        ("GET", "vision/jobs/pending/"),
        ("GET", "vision/jobs/processing/"),
        ("GET", "vision/jobs/stats/"),
    ]
}

# Tells what everybody who is signed in may know of a person, or asks that person something.
ABOUT_PEOPLE = {
    f"{method} {V1}{path}"
    for method, path in [
        ("GET", "users/{user_id}/"),
        ("GET", "profiles/{user_id}/"),
        ("POST", "users/lookup_friend_code/"),
        ("GET", "social/friendships/check/"),
        ("POST", "social/friendships/send_request/"),
        ("POST", "social/blocks/"),
    ]
}


@dataclass(frozen=True)
class Reach:
    """An operation on a thing of Ann's, as somebody else tries it.

    `shown` says what can be seen of it: nothing, the find as far as it is visible, or always the person. Whoever sees
    it is refused with 403; all others are told that there is no such thing. `by_owner` is what Ann is answered if she
    sends the same, where that is no success.
    """

    operation: str
    body: Callable[[World], dict[str, Any]] = lambda _: {}
    shown: str = "nothing"
    by_owner: int | None = None
    ids: Callable[[World], dict[str, Any]] = field(default=lambda _: {})

    @property
    def path(self) -> str:
        """Return the address, still to be filled."""
        return self.operation.split()[1]

    @property
    def method(self) -> str:
        """Return the method in small letters."""
        return self.operation.split()[0].lower()


def _on(method: str, path: str, **more: Any) -> Reach:
    return Reach(f"{method} {V1}{path}", **more)


def _body(**sent: Any) -> Callable[[World], dict[str, Any]]:
    return lambda _: sent


def _block(world: World) -> dict[str, Any]:
    return {"which": Block.objects.get(blocker=world.ann).pk}


REACHES = [
    _on("PUT", "dex/entries/{entry_id}/", body=_body(notes="Mine now."), shown="find"),
    _on("PATCH", "dex/entries/{entry_id}/", body=_body(visibility="public"), shown="find"),
    _on("DELETE", "dex/entries/{entry_id}/", shown="find"),
    _on("POST", "dex/entries/{entry_id}/toggle_favorite/", shown="find"),
    _on("POST", "dex/entries/{entry_id}/photos/", body=lambda world: {"photo": world.photo.pk}),
    _on(
        "POST",
        "dex/entries/{entry_id}/photos/",
        body=lambda world: {"photo": world.friends_photo.pk},
        shown="find",
        by_owner=404,
    ),
    _on("DELETE", "dex/entries/{entry_id}/photos/{photo_id}/", shown="find"),
    _on(
        "POST",
        "dex/entries/",
        body=lambda world: {"source_vision_job": world.job.pk, "animal": world.ids["id"]},
    ),
    _on("POST", "dex/links/", body=lambda world: {"entry": world.entry.pk}, shown="find"),
    _on("DELETE", "dex/links/{link_id}/"),
    _on("GET", "dex/import/{run_id}/"),
    _on("GET", "dex/import/{run_id}/rows/"),
    _on("DELETE", "vision/jobs/{job_id}/"),
    _on("POST", "vision/jobs/{job_id}/select_animal/", body=_body(animal_index=0)),
    _on("POST", "vision/jobs/{job_id}/retry/", by_owner=409),
    _on("POST", "vision/jobs/", body=lambda world: {"photo": world.photo.pk}),
    _on("POST", "vision/jobs/", body=lambda world: {"conversion_id": world.photo.pk}),
    _on("GET", "uploads/{upload_id}/"),
    _on("PATCH", "uploads/{upload_id}/", by_owner=415),
    _on("POST", "uploads/{upload_id}/finish/", by_owner=409),
    _on("DELETE", "uploads/{upload_id}/"),
    _on("DELETE", "auth/sessions/{session_id}/"),
    _on("GET", "social/friendships/{friendship_id}/"),
    _on("DELETE", "social/friendships/{friendship_id}/"),
    _on("POST", "social/friendships/{friendship_id}/respond/", body=_body(action="accept")),
    _on("DELETE", "social/friendships/{which}/unfriend/"),
    _on("POST", "social/friendships/{which}/unfriend/"),
    _on("DELETE", "social/blocks/{which}/", ids=_block),
    # People can be seen by everybody.
    _on("PUT", "users/{user_id}/", body=_body(display_name="Owned"), shown="person"),
    _on("PATCH", "users/{user_id}/", body=_body(display_name="Owned"), shown="person"),
    _on("DELETE", "users/{user_id}/", body=_body(password=make.PASSWORD), shown="person"),
]
CLASSES = [OPEN, SHOWS_FINDS, OWN_THINGS, ABOUT_PEOPLE, {reach.operation for reach in REACHES}]
