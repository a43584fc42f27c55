"""Programs that keep a copy of a dex, and finds for them to copy."""

from typing import Any
from urllib.parse import quote

from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.dex import services
from biologidex.dex.details import Details
from biologidex.dex.models import DexEntry

SYNC = "/api/v1/dex/entries/sync_entries/"


def of(person: User) -> str:
    """The address at which others sync a person's dex."""
    return f"/api/v1/dex/entries/user/{person.pk}/entries/"


def find(owner: User, **said: Any) -> DexEntry:
    """File a find the way a person does."""
    return services.record_find(by=owner, job=make.job(owner), taxon=make.taxon(), details=Details(**said))[0]


class Copy:
    """A program that keeps a copy of a dex by syncing it."""

    def __init__(self, viewer: User, address: str) -> None:
        self.api, self.address, self.cards, self.moment = APIClient(), address, {}, ""
        self.api.force_authenticate(viewer)

    def sync(self) -> dict[str, Any]:
        query = f"?last_sync={quote(self.moment)}" if self.moment else ""
        answer = self.api.get(self.address + query).json()
        self.moment = answer["server_time"]
        if answer["is_complete"]:
            self.cards = {}
        for gone in answer["deleted"]:
            self.cards.pop(gone["id"], None)
        self.cards |= {entry["id"]: (entry["creation_index"], entry["notes"]) for entry in answer["entries"]}
        return answer
