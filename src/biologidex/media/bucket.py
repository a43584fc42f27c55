"""Photos in a bucket that speaks S3, instead of a folder. Needs the extra `storages`."""

from typing import Any

from botocore.config import Config
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

# Not every service that speaks S3 knows the newer checksums; the signature covers what is sent anyway.
WHEN_REQUIRED = "when_required"
CONNECT, READ = 5, 60  # seconds


class Bucket(S3Storage):  # type: ignore[misc]  # it comes without types
    """A bucket with nothing public in it: all goes through this server, or by leave that it signs."""

    def __init__(self, *, addressing: str = "auto", **options: Any) -> None:
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": addressing},
            request_checksum_calculation=WHEN_REQUIRED,
            response_checksum_validation=WHEN_REQUIRED,
            connect_timeout=CONNECT,
            read_timeout=READ,
        )
        super().__init__(client_config=config, default_acl=None, **options)

    def signed_put(self, name: str, *, size: int, seconds: int) -> tuple[str, dict[str, str]]:
        """Return the address and the headers to send one file of exactly this size to, for so many seconds."""
        url: str = self.connection.meta.client.generate_presigned_url(
            "put_object",
            Params={
                "Bucket": self.bucket_name,
                "Key": self._normalize_name(clean_name(name)),
                "ContentLength": size,
            },
            ExpiresIn=seconds,
        )
        return url, {"Content-Length": str(size)}
