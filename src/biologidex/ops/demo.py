"""A demo account with a few cards, made the way a person makes them: photo, identification, confirmation."""

import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile

from biologidex.accounts.models import User
from biologidex.core.errors import NotFound
from biologidex.core.jobs import runner
from biologidex.dex import services as dex
from biologidex.dex.details import Details
from biologidex.dex.models import DexEntry
from biologidex.media import services as media
from biologidex.vision import services as vision
from biologidex.vision.models import AnalysisJob
from biologidex.vision.selectors import suggestions

NAME = "demo"
PATIENCE = 60  # seconds for one photo, if a running server took the work over
# Photographs of animals in the packages of requirements/photos.txt; foolbox writes the ImageNet label into the name.
PATTERNS = (
    "skimage/data/chelsea.png",
    "gradio/**/lion.jpg",
    "gradio/**/cheetah1.jpg",
    *(f"foolbox/data/imagenet_*_{label}.jpg" for label in (22, 99, 129, 251, 305, 317)),
)


def make_account() -> tuple[User, str]:
    """Make the demo account, or give it a new password. Returns it with the password, which nobody can guess."""
    password = secrets.token_urlsafe(9)
    user = User.objects.filter(username=NAME).first()
    if user is None:
        return User.objects.create_user(NAME, f"{NAME}@example.org", password), password
    user.set_password(password)
    user.save(update_fields=["password"])
    return user, password


def photos_in(folder: Path) -> list[Path]:
    """Return the demo's photographs that lie in the folder."""
    found = [file for pattern in PATTERNS for file in sorted(folder.glob(pattern))]
    if not found:
        raise NotFound(f"There are no demo photographs in {folder}. `make demo` fetches them.")
    return found


def fill(user: User, photos: list[Path]) -> Iterator[tuple[Path, DexEntry | None]]:
    """File each photo that is identified with certainty, and tell what became of it."""
    for file in photos:
        upload = SimpleUploadedFile(file.name, file.read_bytes())
        job, _ = vision.start(by=user, photo=media.store_photo(by=user, upload=upload))
        _finish(job)
        sure = suggestions(job).sure
        if sure is None or sure.taxon is None:
            vision.discard(by=user, job=job)
            yield file, None
            continue
        details = dex.details_from_photo(job, Details(visibility=DexEntry.Visibility.PRIVATE))
        yield file, dex.record_find(by=user, job=job, taxon=sure.taxon, details=details)[0]


def _finish(job: AnalysisJob) -> None:
    """Do the work here, or wait for the running server that was faster."""
    end = time.monotonic() + PATIENCE
    while not job.is_finished and time.monotonic() < end:
        runner.run_due()
        job.refresh_from_db()
        time.sleep(0 if job.is_finished else 0.2)
