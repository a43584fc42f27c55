"""Take photos in, hand pictures out, remove both."""

from biologidex.media.services.framed import convert, frame
from biologidex.media.services.photos import (
    address,
    addresses,
    darkroom,
    delete_photo,
    locate,
    open_original,
    open_picture,
    open_variant,
    picture_checksum,
    store_photo,
)
from biologidex.media.services.sweeping import Sweep, remove_files, sweep_orphans, sweep_unused
from biologidex.media.services.uploads import (
    append,
    begin_direct_upload,
    begin_upload,
    cancel_upload,
    finish_upload,
    sweep_uploads,
)

__all__ = [
    "Sweep",
    "address",
    "addresses",
    "append",
    "begin_direct_upload",
    "begin_upload",
    "cancel_upload",
    "convert",
    "darkroom",
    "delete_photo",
    "finish_upload",
    "frame",
    "locate",
    "open_original",
    "open_picture",
    "open_variant",
    "picture_checksum",
    "remove_files",
    "store_photo",
    "sweep_orphans",
    "sweep_unused",
    "sweep_uploads",
]
