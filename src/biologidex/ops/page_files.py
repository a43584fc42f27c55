"""Static files of pages, collected into the data folder: again only if there is something else to collect."""

import hashlib
from fnmatch import fnmatch
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from biologidex.core import static_files

UNUSED = ["rest_framework", "ext", "htmax*"]  # static files of packages that no page of ours asks for
MARK = "collected.txt"


def collect() -> None:
    """Collect, compress and name them by their content. That takes seconds, looking whether it has been done none."""
    mark = Path(settings.STATIC_ROOT) / MARK
    wanted = _digest()
    if mark.is_file() and mark.read_text(encoding="ascii") == wanted:
        return
    mark.unlink(missing_ok=True)  # whoever is interrupted begins anew
    call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=UNUSED)
    mark.write_text(wanted, encoding="ascii")


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
