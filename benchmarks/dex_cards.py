"""Fills a data folder with a person's cards, photos and all, and a friend's that the person misses.

    .venv/bin/python benchmarks/dex_cards.py FOLDER CARDS

A few photos are opened as the server opens them; the others are copies of these. Names are real ones.
"""

import os
import random
import shutil
import sys
from pathlib import Path

FOLDER = Path(sys.argv[1])
os.environ |= {
    "BIOLOGIDEX_DATA_DIR": str(FOLDER),
    "BIOLOGIDEX_DATABASE_URL": "",
    "DJANGO_SETTINGS_MODULE": "biologidex.config.settings",
}

import django  # noqa: E402

django.setup()

from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402 -- after Django is set up
from django.core.management import call_command  # noqa: E402
from server import photo  # noqa: E402

from biologidex.accounts.models import User  # noqa: E402
from biologidex.animals.models import Taxon  # noqa: E402
from biologidex.animals.services import animal_for  # noqa: E402
from biologidex.core import identity  # noqa: E402
from biologidex.dex.models import DexEntry, EntryPhoto  # noqa: E402
from biologidex.media import services as media  # noqa: E402
from biologidex.media.models import Photo  # noqa: E402
from biologidex.media.storage import folder_of  # noqa: E402
from biologidex.social import services as social  # noqa: E402

NAME, PASSWORD = "viewer", "kingfisher-over-water"
MASTERS, MISSING = 12, 100


def fill(cards: int) -> None:
    """Make two people, and their cards in turn."""
    viewer = User.objects.create_user(NAME, f"{NAME}@example.org", PASSWORD)
    friend = User.objects.create_user("friend", "friend@example.org", PASSWORD)
    social.accept(by=friend, request=social.ask(by=viewer, whom=friend)[0])
    dice = random.Random(3)
    known = Taxon.objects.filter(rank="species", accepted=None).exclude(common_name="").order_by("pk")
    taxa = dice.sample(list(known[:20_000]), cards + MISSING)
    owners = [viewer] * cards + [friend] * MISSING
    dice.shuffle(owners)
    masters = [
        media.store_photo(by=viewer, upload=SimpleUploadedFile("photo.jpg", photo(number)))
        for number in range(MASTERS)
    ]
    for number, (owner, taxon) in enumerate(zip(owners, taxa, strict=True)):
        day = f"{2018 + number % 8}-{1 + number % 12:02d}-{1 + number % 28:02d}"
        entry = DexEntry.objects.create(
            owner=owner,
            animal=animal_for(by=owner, taxon=taxon),
            catch_date=day,
            is_favorite=number % 9 == 0,
            establishment=("wild", "captive", "")[number % 3],
        )
        EntryPhoto.objects.create(entry=entry, photo=copied(masters[number % MASTERS], owner, number))


def copied(master: Photo, owner: User, number: int) -> Photo:
    """Return another photo with the same pictures."""
    made = Photo.objects.get(pk=master.pk)
    made.pk, made.owner, made.sha256 = None, owner, f"{number:064x}"
    made.save(force_insert=True)
    pictures = FOLDER / "media"
    shutil.copytree(pictures / folder_of(master.pk), pictures / folder_of(made.pk))
    return made


if __name__ == "__main__":
    call_command("prepare", verbosity=0)
    with identity.everything():
        fill(int(sys.argv[2]))
