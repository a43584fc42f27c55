"""Where the embedded server listens: left in its data folder, so that the operator's programs find it by that."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.conf import settings

FILE = "server.address"


def named() -> str:
    """Return what the settings of this process say."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.HOST, settings.HOST)  # noqa: S104 -- read, not used
    return f"http://{host}:{settings.PORT}"


@contextmanager
def left() -> Iterator[None]:
    """Leave our address for the length of the block. On a full disk we serve all the same."""
    file = settings.DATA_DIR / FILE
    with suppress(OSError):
        file.write_text(named(), encoding="utf-8")
    try:
        yield
    finally:
        with suppress(OSError):
            file.unlink()


def found() -> str:
    """Return where this machine's server listens: as we were told, as it has left it, or where it does unasked."""
    if settings.ADDRESS_IS_TOLD:
        return named()
    try:
        return (settings.DATA_DIR / FILE).read_text(encoding="utf-8") or named()
    except OSError:
        return named()
