"""Where photos are kept: a folder, or the bucket that one variable names."""

from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from biologidex.config.env import BadValue

FOLDER = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"file_permissions_mode": 0o640, "directory_permissions_mode": 0o750},
}
KNOWN = {"region", "addressing", "secure"}
BAD = BadValue(
    "BIOLOGIDEX_STORAGE_URL must be s3://KEY:SECRET@HOST/BUCKET, with ?region=, &addressing=path and &secure=false "
    "where needed."
)


def of(address: str) -> dict[str, Any]:
    """Return the storage of photos as Django's STORAGES wants it, or raise BadValue without repeating a secret."""
    if not address:
        return FOLDER
    try:
        parts = urlsplit(address)
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise BAD from None
    bucket = parts.path.strip("/")
    complete = parts.scheme == "s3" and parts.hostname and parts.username and parts.password and bucket
    if (
        not complete
        or "/" in bucket
        or set(asked) - KNOWN
        or asked.get("secure", "true") not in {"true", "false"}
    ):
        raise BAD
    if find_spec("storages") is None:
        raise BadValue("BIOLOGIDEX_STORAGE_URL needs the packages of requirements/storages.txt.")
    scheme = "http" if asked.get("secure") == "false" else "https"
    return {
        "BACKEND": "biologidex.media.bucket.Bucket",
        "OPTIONS": {
            "access_key": unquote(parts.username or ""),
            "secret_key": unquote(parts.password or ""),
            "bucket_name": bucket,
            "endpoint_url": f"{scheme}://{parts.hostname}{port}",
            "region_name": asked.get("region", "us-east-1"),
            "addressing": asked.get("addressing", "auto"),
        },
    }
