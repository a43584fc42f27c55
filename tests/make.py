"""Builders: one line makes a thing the test needs, with harmless values for what it does not care about."""

import io
import secrets
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.http import urlsafe_base64_encode
from PIL import Image

from biologidex.accounts import services as accounts
from biologidex.accounts.models import User
from biologidex.accounts.tokens import tokens_for
from biologidex.animals.keys import keys_by_language
from biologidex.animals.models import Animal, DexNumber, SearchKey, Taxon, TaxonName
from biologidex.animals.selectors import NUMBERS
from biologidex.core.inputs import new_edition
from biologidex.dex.changes import changing
from biologidex.dex.models import DexEntry, EntryPhoto
from biologidex.media import services as media
from biologidex.media.models import Photo
from biologidex.social import services as social
from biologidex.social.models import Block, Friendship
from biologidex.vision.models import AnalysisJob

PASSWORD = "kingfisher-over-water"


def user(name: str = "ann", **fields: Any) -> User:
    """Make a person whose password is PASSWORD."""
    return User.objects.create_user(name, f"{name}@example.org", PASSWORD, **fields)


def request(by: User, whom: User) -> Friendship:
    """Let one person ask another to be their friend."""
    return social.ask(by=by, whom=whom)[0]


def friends(one: User, other: User) -> Friendship:
    """Make two people friends."""
    return social.accept(by=other, request=request(one, other))


def tokens(user: User) -> dict[str, str]:
    """Sign a person's program in. Returns its two tokens, `access` and `refresh`."""
    return tokens_for(accounts.open_session(user=user, device="Test"))


def uid(user: User) -> str:
    """Write a person's id as the links of mails do."""
    return urlsafe_base64_encode(user.pk.bytes)


def taxon(
    scientific_name: str = "",
    *,
    rank: str = "species",
    common_name: str = "",
    synonyms: Sequence[str] = (),
    english: Sequence[str] = (),
    foreign: Mapping[str, str] = MappingProxyType({}),
    **fields: Any,
) -> Taxon:
    """Make a taxon outside any tree; without a name it gets one of its own. The earlier made, the better known.

    `foreign` are its names by language.
    """
    name = scientific_name or f"Animal number{Taxon.objects.count()}"
    made = Taxon.objects.create(
        **{
            "source": "biologidex",
            "source_id": name,
            "scientific_name": name,
            "rank": rank,
            "common_name": common_name,
        }
        | fields
    )
    names = [(name, TaxonName.Kind.ACCEPTED), (common_name, TaxonName.Kind.VERNACULAR)]
    names += [(text, TaxonName.Kind.SYNONYM) for text in synonyms]
    names += [(text, TaxonName.Kind.VERNACULAR) for text in english]
    names = [(text, kind) for text, kind in names if text]
    TaxonName.objects.bulk_create(TaxonName(taxon=made, name=text, kind=kind) for text, kind in names)
    kind = TaxonName.Kind.VERNACULAR
    for language, text in foreign.items():
        TaxonName.objects.create(taxon=made, name=text, kind=kind, language=language)
    said = [*((text, "") for text, _ in names), *((text, language) for language, text in foreign.items())]
    for key, place, tongue in keys_by_language(said):
        SearchKey.objects.create(
            taxon=made, key=key, place=place, standing=made.pk, one=key[:1], two=key[:2], language=tongue
        )
    return made


def animal(of: Taxon | None = None, **fields: Any) -> Animal:
    """Make a taxon somebody has found, with the next number."""
    given = {"creation_index": Animal.objects.count() + 1, "verified": True, **fields}
    animal = Animal.objects.create(taxon=of or taxon(), **given)
    DexNumber.objects.update_or_create(pk=1, defaults={"last": animal.creation_index})
    new_edition(NUMBERS)
    return animal


def jpeg_bytes() -> bytes:
    """Make a small JPEG file unlike any other."""
    content = io.BytesIO()
    Image.frombytes("RGB", (96, 72), secrets.token_bytes(96 * 72 * 3)).save(content, "JPEG")
    return content.getvalue()


def photo(owner: User, **fields: Any) -> Photo:
    """Make a small photo, files and all, unlike any other; `fields` are set afterwards."""
    made = media.store_photo(by=owner, upload=SimpleUploadedFile("photo.jpg", jpeg_bytes()))
    if fields:
        Photo.objects.filter(pk=made.pk).update(**fields)
        made.refresh_from_db()
    return made


def photo_of(owner: User, content: bytes) -> Photo:
    """Make the photo that a person gives with these bytes: the same for the same bytes."""
    return media.store_photo(by=owner, upload=SimpleUploadedFile("photo.jpg", content))


def nobody() -> AnonymousUser:
    """Return somebody who has not signed in."""
    return AnonymousUser()


def job(owner: User, *, candidates: Sequence[Taxon] = (), **fields: Any) -> AnalysisJob:
    """Make a finished identification that offers these taxa, the first as the sure one."""
    shares = [{"probability": round(0.6 / (place + 1), 2)} for place in range(len(candidates))]
    offered = [{**_candidate(taxon), **share} for taxon, share in zip(candidates, shares, strict=True)]
    answer = {
        "verdict": "animal" if candidates else "unsure",
        "animal_probability": 0.97,
        "taxon": offered[0] if offered else None,
        "candidates": offered,
        "version": "made-up",
    }
    values = {"status": "completed", "progress": 1.0, "completed_at": timezone.now(), "answer": answer}
    return AnalysisJob.objects.create(
        owner=owner, **{"photo": fields.pop("photo", None) or photo(owner), **values, **fields}
    )


def candidate(scientific_name: str, probability: float, rank: str = "species") -> dict[str, Any]:
    """Write a candidate as an identifier would."""
    return {"scientific_name": scientific_name, "rank": rank, "common_name": "", "probability": probability}


def _candidate(taxon: Taxon) -> dict[str, Any]:
    return {
        "scientific_name": taxon.scientific_name,
        "common_name": taxon.common_name,
        "rank": taxon.rank,
        "ncbi_taxid": None,
        "breed": "",
        "taxon_id": taxon.pk,
    }


def dex_entry(owner: User, **fields: Any) -> DexEntry:
    """Make a card with a photo, of an animal of its own unless one is given."""
    subject = fields.pop("animal", None) or animal()
    shown = fields.pop("photo", None) or photo(owner)
    with changing(owner.pk) as moment:
        at = {"updated_at": moment, "touched_at": moment}
        entry = DexEntry.objects.create(owner=owner, animal=subject, **{**at, **fields})
        EntryPhoto.objects.create(entry=entry, photo=shown)
    return entry


def block(blocker: User, blocked: User) -> Block:
    """Have one person want nothing to do with another."""
    return Block.objects.create(blocker=blocker, blocked=blocked)
