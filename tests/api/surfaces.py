"""Everything through which a find can be seen, and how one tells whether it is.

A surface has a `reach`: whose finds it shows at all, to those who may see them. What is not shown there is no
secret; what is shown there without the rule allowing it would be a leak.
"""

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import make
from api.world import NAME, World
from biologidex.media import services as media

SIGNED_IN = {"owner", "friend", "stranger", "blocked", "blocker", "staff"}
OWN, FRIENDS, CIRCLE, ALL = {"owner"}, {"friend"}, {"owner", "friend"}, SIGNED_IN
EVERYBODY = {*SIGNED_IN, "anonymous"}
EPITHET = NAME.split()[1]
V1 = "/api/v1/"


@dataclass(frozen=True)
class Surface:
    """One way to see a find. `shows` tells whether a viewer sees Ann's planted one."""

    kind: str
    name: str
    reach: set[str]
    shows: Callable[[World, str], bool]
    operations: Sequence[str] = ()
    is_blind: bool = False  # to who asks: everybody sees what anybody may see


def _body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


def _content(world: World, viewer: str, path: str) -> bytes:
    """Return what a viewer is answered, empty if they are refused."""
    answer = world.api(viewer).get(path)
    assert answer.status_code in {200, 401, 403, 404}, f"{path} answers {answer.status_code}"
    return _body(answer) if answer.status_code == 200 else b""


def _get(kind: str, path: str, reach: set[str], *, tells: str = "entry_id", query: str = "") -> Surface:
    """Describe an address that tells the id of one of Ann's things, or the animal's name."""

    def shows(world: World, viewer: str) -> bool:
        needle = EPITHET if tells == "name" else str(world.ids[tells])
        content = _content(world, viewer, V1 + world.fill(path + query))
        return needle.encode() in content

    return Surface(kind, f"{path}{query}", reach, shows, [f"GET {V1}{path}"])


def _answers(kind: str, path: str, reach: set[str]) -> Surface:
    """Describe an address that answers with bytes in which no id can be looked for."""

    def shows(world: World, viewer: str) -> bool:
        return bool(_content(world, viewer, V1 + world.fill(path)))

    return Surface(kind, path, reach, shows, [f"GET {V1}{path}"])


def _counts(kind: str, path: str, reach: set[str], *names: str) -> Surface:
    """Describe an address that counts Ann's finds beside her name."""

    def shows(world: World, viewer: str) -> bool:
        answer = world.api(viewer).get(V1 + path)
        rows = answer.json().get("friends", []) if answer.status_code == 200 else []
        return any(row[name] for row in rows if row["username"] == world.ann.username for name in names)

    return Surface(kind, path, reach, shows, [f"GET {V1}{path}"])


def _adds_up(path: str, tells: Callable[[Any], bool]) -> Surface:
    """Describe an address that tells what Ann's finds add up to."""

    def shows(world: World, viewer: str) -> bool:
        answer = world.api(viewer).get(V1 + world.fill(path))
        return answer.status_code == 200 and tells(answer.json())

    reach = ALL if "{" in path else OWN
    return Surface("collection", path, reach, shows, [f"GET {V1}{path}"])


def _wears_any(told: Any) -> bool:
    return any(badge["earned"] for badge in told["badges"])


def _tree_search(world: World, viewer: str) -> bool:
    answer = world.api(viewer).get(f"{V1}graph/tree/search/?mode=global&q={EPITHET}")
    return answer.status_code == 200 and bool(answer.json()["results"])


def _chunk(world: World, viewer: str) -> bool:
    cells = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
    return any(
        EPITHET.encode() in _content(world, viewer, f"{V1}graph/tree/chunk/{x}/{y}/?mode=global")
        for x, y in cells
    )


def _batch(world: World, viewer: str) -> bool:
    who = "self" if viewer == "owner" else str(world.ann.pk)
    sent = {"sync_requests": [{"user_id": who, "last_sync": ""}]}
    answer = world.api(viewer).post(f"{V1}dex/entries/batch_sync/", sent)
    return str(world.entry.pk).encode() in answer.content


def _text(path: str) -> Callable[[World, str], bool]:
    return lambda world, viewer: EPITHET.encode() in _content(world, viewer, V1 + path)


def _archive(path: str) -> Callable[[World, str], bool]:
    def shows(world: World, viewer: str) -> bool:
        content = _content(world, viewer, V1 + path)
        if not content:
            return False
        files = zipfile.ZipFile(io.BytesIO(content))
        return any(EPITHET.encode() in files.read(name) for name in files.namelist())

    return shows


def _derivative(variant: str) -> Callable[[World, str], bool]:
    """Make the address for this viewer, as the surfaces do that may show it, and ask there without a token."""

    def shows(world: World, viewer: str) -> bool:
        person = world.people[viewer] or make.nobody()
        return bool(_content(world, "anonymous", media.address(world.photo, variant, viewer=person)))

    return shows


def _page(path: str) -> Callable[[World, str], bool]:
    def shows(world: World, viewer: str) -> bool:
        answer = world.browser(viewer).get(world.fill(path))
        return answer.status_code == 200 and EPITHET.encode() in answer.content

    return shows


def _popular(world: World, viewer: str) -> bool:
    rows = world.api(viewer).get(f"{V1}animals/popular/").json()["results"]
    return any(row["id"] == str(world.entry.animal_id) for row in rows)


def _published(world: World, viewer: str) -> bool:
    """Ask with a token, as programs do: the test client's own way of signing in would not be ignored."""
    person = world.people[viewer]
    headers = {"Authorization": f"Bearer {make.tokens(person)['access']}"} if person else {}
    answer = world.api("anonymous").get(f"{V1}dex/pictures/{world.shown.pk}/", headers=headers)
    return answer.status_code == 302


_REACTING = [f"{method} {V1}dex/entries/{{entry_id}}/reactions/" for method in ("PUT", "DELETE")]


def _reacts(world: World, viewer: str) -> bool:
    """Leave a word on Ann's card and take it back: both answer to those who are let."""
    path = V1 + world.fill("dex/entries/{entry_id}/reactions/")
    api = world.api(viewer)
    said, taken = api.put(path, {"kind": "wow"}), api.delete(path)
    assert said.status_code == taken.status_code
    assert said.status_code in {200, 401, 404}
    needle = str(world.entry.pk).encode()
    return needle in said.content and needle in taken.content


SURFACES = [
    _get("entry", "dex/entries/", ALL),
    _get("entry", "dex/entries/", ALL, query="?owner={user_id}"),
    _get("entry", "dex/entries/", ALL, query="?animal={id}&establishment=wild"),
    _get("entry", "dex/entries/recent/", ALL),
    _get("entry", "dex/entries/by_animal/", ALL, query="?animal={id}"),
    _get("entry", "dex/entries/{entry_id}/", ALL),
    _get("entry", "dex/entries/{entry_id}/reactions/", ALL),
    Surface("entry", "dex/entries/{entry_id}/reactions/ (leaving one)", FRIENDS, _reacts, _REACTING),
    _get("entry", "dex/entries/my_entries/", OWN),
    _get("entry", "dex/entries/favorites/", OWN),
    _get("entry", "vision/jobs/", OWN, tells="job_id"),
    _get("entry", "vision/jobs/completed/", OWN, tells="job_id"),
    _get("entry", "vision/jobs/{job_id}/", OWN, tells="job_id"),
    _counts("feed", "social/friendships/friends/", FRIENDS, "total_catches", "unique_species"),
    _counts("feed", "dex/entries/friends_overview/", FRIENDS, "entries", "updated_at"),
    _get("feed", "dex/feed/", FRIENDS),
    Surface("feed", "animals/popular/", EVERYBODY, _popular, [f"GET {V1}animals/popular/"]),
    _answers("photo", "photos/{photo_id}/original/", OWN),
    _get("photo", "images/convert/{photo_id}/", OWN, tells="photo_id"),
    _answers("photo", "images/convert/{photo_id}/download/", OWN),
    *(
        Surface("derivative", variant, EVERYBODY, _derivative(variant))
        for variant in ("full", "card", "thumb", "dex")
    ),
    Surface(
        "derivative",
        "dex/pictures/",
        EVERYBODY,
        _published,
        [f"GET {V1}dex/pictures/{{shown_id}}/"],
        is_blind=True,
    ),
    _adds_up("dex/stats/", lambda told: told["cards"] > 0),
    _adds_up("dex/stats/{user_id}/", lambda told: told["cards"] > 0),
    _adds_up("dex/badges/", _wears_any),
    _adds_up("dex/badges/{user_id}/", _wears_any),
    _get("collection", "animals/{animal_id}/first_finder/", ALL),
    Surface("search", "graph/tree/search/", ALL, _tree_search, [f"GET {V1}graph/tree/search/"]),
    _get("tree", "graph/tree/", OWN, tells="name", query="?mode=personal"),
    _get("tree", "graph/tree/", CIRCLE, tells="name", query="?mode=friends"),
    _get("tree", "graph/tree/", CIRCLE, tells="name", query="?mode=selected&friend_ids={user_id}"),
    _get("tree", "graph/tree/", ALL, tells="name", query="?mode=global"),
    _get("tree", "graph/evolutionary-tree/", ALL, tells="name", query="?mode=global"),
    _get("tree", "graph/tree/newick/", ALL, tells="name", query="?mode=global"),
    Surface("tree", "graph/tree/chunk/", ALL, _chunk, [f"GET {V1}graph/tree/chunk/{{x}}/{{y}}/"]),
    _get("sync", "dex/entries/sync_entries/", OWN),
    _get("sync", "dex/entries/user/{user_id}/entries/", ALL),
    Surface("sync", "dex/entries/batch_sync/", ALL, _batch, [f"POST {V1}dex/entries/batch_sync/"]),
    *(
        Surface("export", f"dex/export/{kind}/", OWN, shows, [f"GET {V1}dex/export/{{kind}}/"])
        for kind, shows in {
            "csv": _text("dex/export/csv/"),
            "json": _text("dex/export/json/"),
            "zip": _archive("dex/export/zip/"),
            "dwca": _archive("dex/export/dwca/?licensed_only=false"),
        }.items()
    ),
    Surface("export", "users/me/export/", OWN, _archive("users/me/export/"), [f"GET {V1}users/me/export/"]),
    Surface("page", "/dex/", CIRCLE, _page("/dex/")),  # what friends have is a silhouette in one's own
    Surface("page", "/dex/{entry_id}/", ALL, _page("/dex/{entry_id}/")),
    Surface("page", "/dex/{entry_id}/edit/", OWN, _page("/dex/{entry_id}/edit/")),
    Surface("page", "/capture/{job_id}/", OWN, _page("/capture/{job_id}/")),
]
