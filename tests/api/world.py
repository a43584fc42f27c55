"""A small world: Ann with one thing of every kind, and everybody who stands to her in some way."""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import Session, User
from biologidex.dex import services as dex
from biologidex.dex.exchange import services as exchange
from biologidex.dex.models import DexEntry, EntryPhoto
from biologidex.media import services as media
from biologidex.media.models import Photo
from biologidex.social import services as social
from biologidex.social.models import Block
from biologidex.vision.models import AnalysisJob

VIEWERS = ("owner", "friend", "stranger", "blocked", "blocker", "staff", "anonymous")
NAME = "Rarobella secretissima"
CSV = b"scientific_name,catch_date\nApis mellifera,2024-05-01\n"


@dataclass(frozen=True)
class World:
    """Ann's things, and the people. `ids` fills the addresses of the API: it names her things by parameter."""

    people: dict[str, User | None]
    entry: DexEntry
    photo: Photo
    shown: EntryPhoto
    job: AnalysisJob
    friends_photo: Photo
    ids: dict[str, Any]
    finds: dict[str, dict[str, Any]] = field(default_factory=dict)  # more of hers, by what is special

    @property
    def ann(self) -> User:
        """Return whose things it is about."""
        owner = self.people["owner"]
        assert owner
        return owner

    @property
    def references(self) -> dict[str, Any]:
        """Return how requests name her things in their bodies and queries."""
        return {
            "animal": self.ids["id"],
            "taxon": self.entry.animal.taxon_id,
            "photo": self.photo.pk,
            "conversion_id": self.photo.pk,
            "source_vision_job": self.job.pk,
        }

    def fill(self, path: str, **more: Any) -> str:
        """Write Ann's things into an address of the API. `id` is her animal, or the taxon it is of."""
        ids = {**self.ids, **more}
        if "/taxonomy/{id}/" in path:
            ids["id"] = self.entry.animal.taxon_id
        return path.format(**ids)

    def api(self, viewer: str) -> APIClient:
        """Return a program of somebody's."""
        client = APIClient(raise_request_exception=False)
        client.force_authenticate(self.people[viewer])
        return client

    def browser(self, viewer: str) -> Client:
        """Return a browser of somebody's."""
        client = Client(raise_request_exception=False)
        if person := self.people[viewer]:
            client.force_login(person)
        return client


def plant(*, visibility: str, photo: Photo | None = None, **fields: Any) -> World:
    """Let Ann find an animal that nobody else has found, and leave something of every kind."""
    people: dict[str, User | None] = {
        name: make.user(name, is_staff=name == "staff") for name in VIEWERS if name != "anonymous"
    }
    people["anonymous"] = None
    ann, bob, mia, max_ = (people[name] for name in ("owner", "friend", "blocked", "blocker"))
    assert ann
    assert bob
    assert mia
    assert max_
    make.friends(ann, bob)
    social.block(by=ann, whom=mia)
    social.block(by=max_, whom=ann)
    taxon = make.taxon(NAME, genus="Rarobella", species=NAME, family="Rarobellidae", kingdom="Metazoa")
    entry = DexEntry.objects.create(
        owner=ann,
        animal=make.animal(taxon, created_by=ann),
        visibility=visibility,
        is_favorite=True,
        establishment="wild",
        **fields,
    )
    job = make.job(ann, candidates=[taxon], photo=photo or make.photo(ann))
    shown = EntryPhoto.objects.create(entry=entry, photo=job.photo, job=job)
    run, _ = exchange.begin(by=ann, pieces=[CSV], filename="finds.csv")
    make.tokens(ann)
    dan = make.user("dan")
    ids: dict[str, Any] = {
        "upload_id": media.begin_upload(by=ann, size=1000).pk,
        "id": entry.animal_id,
        "animal_id": entry.animal_id,
        "key": "owls",
        "entry_id": entry.pk,
        "photo_id": job.photo_id,
        "shown_id": shown.pk,
        "job_id": job.pk,
        "run_id": run.pk,
        "user_id": ann.pk,
        "session_id": Session.objects.filter(user=ann).values_list("pk", flat=True)[0],
        "friendship_id": make.request(dan, ann).pk,
        "link_id": dex.share(by=ann, entry=entry, tells_place=True, tells_notes=True)[0].pk,
        "taxon_id": taxon.pk,
        "purpose": "any",
        "size": 192,
        "block_id": Block.objects.get(blocker=ann, blocked=mia).pk,
        "notification_id": 1,
        "year": 2024,
        "which": make.friends(ann, make.user("eli")).pk,
        "kind": "json",
        "x": 0,
        "y": 0,
    }
    return World(people, entry, job.photo, shown, job, make.photo(bob), ids)
