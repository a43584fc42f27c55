"""Static files of pages, collected into the data folder: again only if there is something else to collect.

Where several releases serve the same people during an upgrade, each puts its files to those of the others: names are
made of content, so a page of either finds what it asks for.
"""

import hashlib
import shutil
import time
from fnmatch import fnmatch
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from biologidex.core import static_files

UNUSED = ["rest_framework", "ext", "htmax*"]  # static files of packages that no page of ours asks for
MARK = "collected.txt"
KEPT_DAYS = (
    30  # for which a page that was open all the while, or kept by a browser, finds the files of its release
)


def collect() -> None:
    """Collect, compress and name them by their content. That takes seconds, looking whether it has been done none."""
    mark = Path(settings.STATIC_ROOT) / MARK
    wanted = _digest()
    if mark.is_file() and mark.read_text(encoding="ascii") == wanted:
        return
    mark.unlink(missing_ok=True)  # whoever is interrupted begins anew
    call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=UNUSED)
    mark.write_text(wanted, encoding="ascii")


def publish(folder: Path) -> int:
    """Put what was collected to what earlier releases left in a folder. Returns how many files were new there.

    Each appears whole or not at all. What no release has brought for long goes.
    """
    root, new = Path(settings.STATIC_ROOT), 0
    for file in (one for one in root.rglob("*") if one.is_file() and one.suffix not in {".json", ".txt"}):
        place = folder / file.relative_to(root)
        if place.exists():
            place.touch()
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        unfinished = place.with_name(f".{place.name}")
        shutil.copyfile(file, unfinished)
        unfinished.chmod(0o644)
        unfinished.replace(place)
        new += 1
    _remove_old(folder)
    return new


def _remove_old(folder: Path) -> None:
    oldest = time.time() - KEPT_DAYS * 24 * 3600
    for file in [one for one in folder.rglob("*") if one.is_file() and one.stat().st_mtime < oldest]:
        file.unlink()


def _digest() -> str:
    """Return a digest of what is to be collected, and of how."""
    digest = hashlib.sha256(Path(static_files.__file__).read_bytes())
    for finder in get_finders():
        for name, storage in finder.list([]):
            if any(fnmatch(part, pattern) for pattern in UNUSED for part in Path(name).parts):
                continue
            digest.update(f"\0{name}\0".encode())
            with storage.open(name) as file:
                digest.update(file.read())
    return digest.hexdigest()
