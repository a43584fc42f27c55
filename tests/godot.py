"""The existing game client, as far as a server notices it: what it sends, what it reads, and on what it breaks.

It puts JSON values into typed variables: a missing key is the type's default, a null or another type ends the
handler. Here that raises `ScriptError`, so a flow that goes through has met none of it.
"""

import json
import secrets
import time
from pathlib import PurePath
from typing import Any, Self
from urllib.parse import quote

import httpx2 as httpx

BOUNDARY = "GodotBiologiDexBoundary"
PNG = b"\x89PNG\r\n\x1a\n"
ANIMAL_TEXTS = (
    *("scientific_name", "common_name", "kingdom", "phylum", "class", "order", "family", "genus", "species"),
    *("subspecies", "description", "habitat", "conservation_status", "source_taxon_id"),
    *("created_at", "updated_at"),
)
PASSWORD = "kingfisher-over-water"


class ScriptError(AssertionError):
    """What the server answered ends the client's handler."""


class Refused(Exception):
    """The server refuses. `shown` is what the player reads."""

    def __init__(self, status: int, shown: str) -> None:
        super().__init__(f"{status}: {shown}")
        self.status, self.shown = status, shown


class Read:
    """A JSON object, read into typed variables."""

    def __init__(self, value: Any) -> None:
        if not isinstance(value, dict):
            raise ScriptError(f"A Dictionary was expected, not {value!r}.")
        self.value = value

    def _typed(self, key: str, *kinds: type, default: Any) -> Any:
        value = self.value.get(key, default)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise ScriptError(f"`{key}` is {value!r}, which no {kinds[0].__name__} variable takes.")
        return value

    def text(self, key: str, *, needed: bool = False) -> str:
        """Read a String. An empty one stops the client where it is `needed`."""
        value: str = self._typed(key, str, default="")
        if needed and not value:
            raise ScriptError(f"`{key}` is needed.")
        return value

    def number(self, key: str, default: float = 0) -> float:
        """Read an int or a float."""
        value: float = self._typed(key, int, float, default=default)
        return value

    def yes(self, key: str) -> bool:
        """Read a bool."""
        value: bool = self._typed(key, bool, default=False)
        return value

    def inner(self, key: str) -> "Read":
        """Read a Dictionary."""
        return Read(self._typed(key, dict, default={}))

    def each(self, key: str) -> list["Read"]:
        """Read an Array of Dictionaries."""
        return [Read(one) for one in self._typed(key, list, default=[])]


def as_sent(body: Any) -> bytes:
    """Write JSON as the client does: it reads its own text back before sending, where every number is a float."""
    return json.dumps(json.loads(json.dumps(body), parse_int=float)).encode()


class GodotClient:
    """One player's game. `dex` holds the cards on the player's device, by owner and number."""

    def __init__(self, address: str) -> None:
        self.name = f"player-{secrets.token_hex(4)}"
        self._http = httpx.Client(base_url=f"{address}/api/v1", timeout=30)
        self._public = httpx.Client(timeout=30)
        self._access = ""
        self._refresh = ""
        self.id = ""
        self.friend_code = ""
        self.dex: dict[str, dict[int, Read]] = {}
        self.pictures: dict[str, bytes] = {}
        self._last_sync: dict[str, str] = {}

    def __enter__(self) -> Self:
        """Start the game."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._http.close()
        self._public.close()

    # --- The wire

    def call(self, method: str, path: str, body: Any = None, *, auth: bool = True) -> Read:
        """Send what has a body with `method`; everything else leaves as GET, whatever was meant."""
        headers = {"Authorization": f"Bearer {self._access}"} if auth else {}
        if body is None:
            return self._read(self._http.get(path, headers=headers))
        headers["Content-Type"] = "application/json"
        return self._read(self._http.request(method, path, content=as_sent(body), headers=headers))

    def delete(self, path: str) -> None:
        """Send a real DELETE: what the client means, and what it will send once its queue is mended."""
        self._read(self._http.delete(path, headers={"Authorization": f"Bearer {self._access}"}))

    @staticmethod
    def _read(answer: httpx.Response) -> Read:
        value = answer.json() if answer.content else {}
        if answer.is_success:
            return Read(value)
        told = Read(value).value
        fields = [sentences[0] for sentences in told.values() if isinstance(sentences, list) and sentences]
        if not fields and not told.get("detail"):
            raise ScriptError(f"The player sees only 'Unknown error' for {answer.status_code} {told}.")
        raise Refused(answer.status_code, str(fields[0] if fields else told["detail"]))

    def picture(self, address: str) -> bytes:
        """Fetch a picture as the game does: without a token, and without following anybody elsewhere."""
        answer = self._public.get(address, follow_redirects=False)
        if answer.status_code != 200 or not answer.content.startswith(PNG):
            raise ScriptError(f"{answer.status_code} instead of a PNG at {PurePath(address).name}.")
        return answer.content

    # --- Accounts

    def sign_up(self) -> Self:
        """Make an account, and sign in with the same data."""
        account = {"username": self.name, "email": f"{self.name}@example.org", "password": PASSWORD}
        self.call("POST", "/users/", {**account, "password_confirm": PASSWORD}, auth=False)
        return self.sign_in()

    def sign_in(self) -> Self:
        """Sign in and look up one's friend code."""
        told = self.call("POST", "/auth/login/", {"username": self.name, "password": PASSWORD}, auth=False)
        self._access, self._refresh = told.text("access", needed=True), told.text("refresh", needed=True)
        user = told.inner("user")
        self.id, self.name = user.text("id", needed=True), user.text("username", needed=True)
        self.friend_code = self.call("GET", "/users/friend_code/").text("friend_code", needed=True)
        return self

    def start_again(self) -> None:
        """Start the game another time: with the same refresh token as ever."""
        told = self.call("POST", "/auth/refresh/", {"refresh": self._refresh}, auth=False)
        self._access = told.text("access", needed=True)

    # --- From a photo to a card

    def convert(self, photo: bytes, *, rotation: int = 0) -> str:
        """Send a photo to see it as PNG. The file is called a JPEG, whatever it is."""
        body = b"\r\n--%b\r\n" % BOUNDARY.encode()
        body += b'Content-Disposition: form-data; name="image"; filename="image.jpg"\r\n'
        body += b"Content-Type: image/jpeg\r\n\r\n" + photo
        if rotation:
            body += b"\r\n--%b\r\n" % BOUNDARY.encode()
            body += b'Content-Disposition: form-data; name="transformations"\r\n\r\n'
            body += json.dumps({"rotation": rotation}).encode()
        body += b"\r\n--%b--\r\n" % BOUNDARY.encode()
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        headers = {"Authorization": f"Bearer {self._access}", "Content-Type": kind}
        sent = self._read(self._http.post("/images/convert/", content=body, headers=headers))
        return sent.text("id", needed=True)

    def converted(self, conversion: str) -> bytes:
        """Download what was converted. It becomes the picture of the card."""
        headers = {"Authorization": f"Bearer {self._access}"}
        answer = self._http.get(f"/images/convert/{conversion}/download/", headers=headers)
        if answer.status_code != 200 or not answer.content.startswith(PNG):
            raise ScriptError(f"{answer.status_code} instead of a PNG.")
        return answer.content

    def identify(self, conversion: str, *, rotation: int = 0, patience: float = 30) -> Read:
        """Have it identified and poll. Returns the first animal, as the client takes it by itself."""
        body: dict[str, Any] = {"conversion_id": conversion}
        if rotation:
            body["post_conversion_transformations"] = {"rotation": rotation}
        job = self._job(self.call("POST", "/vision/jobs/", body))
        path, end = f"/vision/jobs/{job.text('id', needed=True)}/", time.monotonic() + patience
        while job.text("status") in {"pending", "processing"} and time.monotonic() < end:
            time.sleep(0.1)
            job = self._job(self.call("GET", path))
        if job.text("status") != "completed":
            raise AssertionError(f"The job is {job.text('status')}: {job.text('error_message')}")
        return job

    @staticmethod
    def _job(job: Read) -> Read:
        job.number("progress")
        job.inner("post_conversion_transformations")
        job.each("detected_animals")
        return job

    def detected(self, job: Read) -> Read:
        """Return the first animal of a finished job, with the details that replace it."""
        animal = job.each("detected_animals")[0]
        details = job.value.get("animal_details")
        if details is not None and Read(details).text("id") == animal.text("animal_id"):
            animal = Read({**animal.value, **details, "animal_id": details["id"]})
        for key in ANIMAL_TEXTS:
            animal.text(key)
        animal.yes("verified")
        animal.text("animal_id", needed=True)
        if animal.number("creation_index", -1) < 0:
            raise ScriptError("A card without a number is refused by the local dex.")
        return animal

    def file(self, animal: Read, job: Read, *, notes: str = "") -> str:
        """File the find. Returns the card's id."""
        body = {
            "animal": animal.text("animal_id"),
            "visibility": "friends",
            "source_vision_job": job.text("id"),
        }
        entry = self.call("POST", "/dex/entries/", {**body, "notes": notes} if notes else body)
        return entry.text("id", needed=True)

    # --- The dex on the device

    def sync(self, owner: str = "self") -> list[Read]:
        """Bring a dex up to date: one's own, or a friend's. Returns what was new."""
        path = "/dex/entries/sync_entries/" if owner == "self" else f"/dex/entries/user/{owner}/entries/"
        last = self._last_sync.get(owner, "")
        told = self.call("GET", path + (f"?last_sync={quote(last, safe='')}" if last else ""))
        entries = told.each("entries")
        for entry in entries:
            self.keep(owner, entry)
        self._last_sync[owner] = told.text("server_time", needed=True)
        return entries

    def feed(self, friends: list[Read]) -> list[Read]:
        """Ask for all friends' dexes and one's own at once; the newest first."""
        asked = ["self", *(friend.text("user_id") for friend in friends)]
        requests = [{"user_id": who, "last_sync": self._last_sync.get(who, "")} for who in asked]
        told = self.call("POST", "/dex/entries/batch_sync/", {"sync_requests": requests})
        rows = []
        for owner in asked:
            result = told.inner("results").inner(owner)
            if not result.text("error"):
                rows += [self.keep(owner, entry) for entry in result.each("entries")]
                self._last_sync[owner] = told.text("server_time", needed=True)
        return sorted(rows, key=lambda row: row.text("updated_at"), reverse=True)

    def keep(self, owner: str, entry: Read) -> Read:
        """Keep a card on the device, with its picture if that is new; an older card with its id goes."""
        for key in ("scientific_name", "common_name", "owner_username", "catch_date", "updated_at"):
            entry.text(key)
        entry_id, number = entry.text("id", needed=True), int(entry.number("creation_index", -1))
        entry.text("animal_id", needed=True)
        cards = self.dex.setdefault(owner, {})
        known = next((card for card in cards.values() if card.text("id") == entry_id), None)
        checksum = entry.text("image_checksum")
        if known is None or known.text("image_checksum") != checksum:
            self.pictures[entry_id] = self.picture(entry.text("dex_compatible_url", needed=True))
        self.dex[owner] = {at: card for at, card in cards.items() if card.text("id") != entry_id} | {
            number: entry
        }
        return entry

    # --- Friends

    def ask(self, code: str) -> None:
        """Send a friend request by code."""
        self.call("POST", "/social/friendships/send_request/", {"friend_code": code.strip().upper()})

    def accept_all(self) -> list[str]:
        """Accept every request. Returns who asked."""
        names = []
        for request in self.call("GET", "/social/friendships/pending/").each("requests"):
            names.append(request.inner("from_user_details").text("username", needed=True))
            request.text("created_at", needed=True)
            path = f"/social/friendships/{request.text('id', needed=True)}/respond/"
            self.call("POST", path, {"action": "accept"})
        return names

    def friends(self) -> list[Read]:
        """List one's friends."""
        friends = self.call("GET", "/social/friendships/friends/").each("friends")
        for friend in friends:
            for key in ("id", "username", "friend_code"):
                friend.text(key, needed=True)
            for key in ("total_catches", "unique_species"):
                friend.number(key)
        return friends

    def dexes(self) -> list[Read]:
        """List the dexes one can switch to."""
        return self.call("GET", "/dex/entries/friends_overview/").each("friends")
