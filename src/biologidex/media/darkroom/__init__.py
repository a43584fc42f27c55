"""A process of its own for opening photos, so that a photo made to attack a decoder gains nothing.

`Darkroom` is the server's side. The other side is `python -m biologidex.media.darkroom`: it has no database, no
keys, no files and no network, little memory and little time, and is replaced whenever anything goes wrong.
"""

from biologidex.media.darkroom.client import Darkroom

__all__ = ["Darkroom"]
