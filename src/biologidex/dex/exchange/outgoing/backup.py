"""All finds with their photos as they came, in one ZIP archive: everything needed to have them again."""

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

import orjson

from biologidex.accounts.models import User
from biologidex.dex.exchange.outgoing import document
from biologidex.dex.exchange.outgoing.batches import cards_of
from biologidex.dex.exchange.outgoing.zipped import Member, zipped
from biologidex.dex.exchange.record import FORMAT, VERSION, file_of, original_of, record_of
from biologidex.dex.models import DexEntry
from biologidex.media import services as media
from biologidex.media.errors import NoSuchPicture
from biologidex.media.models import Photo

ENTRIES, MANIFEST = "entries.json", "manifest.json"
PIECE = 256 * 1024
IN_MEMORY = 1_000_000


def chunks(owner: User) -> Iterator[bytes]:
    """Give the archive: the cards, each original once, and a manifest with the SHA-256 of every file."""
    return zipped(_members(owner))


def _members(owner: User) -> Iterator[Member]:
    listed: dict[str, dict[str, Any]] = {}
    missing: list[str] = []
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as wanted:
        records = (record_of(card) for card in _noting(cards_of(owner), wanted))
        yield Member(ENTRIES, _summed(ENTRIES, document.written(owner, records), listed))
        wanted.seek(0)
        for line in wanted:
            name, original = orjson.loads(line)
            if name not in listed and name not in missing:
                try:
                    content = media.open_original(Photo(original=original))
                except (
                    NoSuchPicture
                ):  # a data folder restored without its photos: the rest is still worth having
                    missing.append(name)
                    continue
                with content:
                    pieces = iter(lambda opened=content: opened.read(PIECE), b"")  # type: ignore[misc]
                    yield Member(name, _summed(name, pieces, listed), packed=False)
    manifest = {"format": FORMAT, "version": VERSION, "files": listed, "missing": missing}
    yield Member(MANIFEST, [json.dumps(manifest, indent=1).encode()])


def _noting(cards: Iterable[DexEntry], wanted: IO[bytes]) -> Iterator[DexEntry]:
    """Pass the cards on and write down which originals they need: there may be too many to remember."""
    for card in cards:
        for shown in card.photos.all():
            original = original_of(shown.photo)
            wanted.write(orjson.dumps([file_of(original), original.original.name]) + b"\n")
        yield card


def _summed(name: str, pieces: Iterable[bytes], listed: dict[str, dict[str, Any]]) -> Iterator[bytes]:
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        size += len(piece)
        yield piece
    listed[name] = {"sha256": digest.hexdigest(), "size": size}
