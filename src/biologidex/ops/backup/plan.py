"""What the settings say of backups: where they go, to whom they are sealed, how many are kept.

Read while the settings are made, so this knows nothing of Django.
"""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

OPTIONS = {
    "folder": set[str](),
    "s3": {"region", "addressing", "secure", "authority"},
    "gs": {"key"},
}
HOW = "/FOLDER, s3://KEY:SECRET@HOST/BUCKET/FOLDER or gs://BUCKET/FOLDER?key=FILE"  # pragma: allowlist secret


@dataclass(frozen=True)
class Place:
    """A place for backups outside this machine: a mounted folder, or a bucket that speaks S3 or is Google's."""

    kind: str  # a key of OPTIONS
    bucket: str = ""
    folder: str = ""  # in the bucket, without slashes around it; or the path of the mounted folder
    host: str = ""
    key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    options: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Plan:
    """Everything that is settled before a backup is made."""

    here: Path
    off_site: Place | None
    public_keys: tuple[str, ...]
    keep_here: int
    keep: int
    keys: Path
    secrets: Path | None
    database: str = field(repr=False)
    status: Path | None = None  # where the status is kept; None: in the data folder
    hour: int = 2  # UTC
    photos_every: int = 5  # minutes; 0: with the rest at night


def place(address: str) -> Place | None:
    """Read an address; None if it is empty. Raises ValueError, without repeating a secret."""
    if not address:
        return None
    if address.startswith("/"):
        return Place("folder", folder=address.rstrip("/") or "/")
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise ValueError(HOW) from None
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if parts.scheme not in OPTIONS or parts.scheme == "folder" or set(options) - OPTIONS[parts.scheme]:
        raise ValueError(HOW)
    return _google(parts, options) if parts.scheme == "gs" else _s3(parts, port, options)


def _google(parts: SplitResult, options: dict[str, str]) -> Place:
    if not parts.hostname or parts.username:
        raise ValueError(HOW)
    return Place("gs", bucket=parts.netloc, folder=parts.path.strip("/"), options=options)


def _s3(parts: SplitResult, port: str, options: dict[str, str]) -> Place:
    bucket, _, folder = parts.path.strip("/").partition("/")
    if not (parts.hostname and parts.username and parts.password and bucket):
        raise ValueError(HOW)
    return Place(
        "s3",
        bucket=bucket,
        folder=folder,
        host=f"{parts.hostname}{port}",
        key=unquote(parts.username),
        secret=unquote(parts.password),
        options=options,
    )
