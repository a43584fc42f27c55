"""Every way a file can hold colour, brought to the one that needs no explanation: 8-bit sRGB without transparency."""

import io
from contextlib import suppress

from PIL import Image, ImageCms

PALETTES = {"P", "PA"}
DEEP = {"I;16", "I;16B", "I;16L", "I"}  # 16 bits of grey, which Pillow would clip at 255 instead of scaling
SPACES = {"RGB ": "RGB", "CMYK": "CMYK", "GRAY": "L"}  # of a colour profile, and Pillow's name for it
INVISIBLE = 2  # of 255: profiles that differ less from sRGB are sRGB in other words


def resizable(image: Image.Image) -> Image.Image:
    """Return the picture in a mode whose pixels can be averaged."""
    if image.mode in DEEP:
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in PALETTES or "transparency" in image.info:
        return image.convert("RGBA" if "A" in image.mode or "transparency" in image.info else "RGB")
    return image.convert("L") if image.mode == "1" else image


def as_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the picture in sRGB on a white ground. A profile that cannot be used costs its nuance, not the photo."""
    if image.mode in {"LA", "RGBA"}:
        ground = Image.new("RGBA", image.size, "white")
        ground.alpha_composite(image.convert("RGBA"))
        image = ground.convert("L" if image.mode == "LA" else "RGB")
    if profile:
        with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            image = _converted(image, profile)
    return image.convert("RGB")


def _converted(image: Image.Image, profile: bytes) -> Image.Image:
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    if SPACES.get(source.profile.xcolor_space) != image.mode:
        return image
    change = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), image.mode, "RGB")
    if image.mode == "RGB" and not _visible(change):
        return image
    return ImageCms.applyTransform(image, change) or image


def _visible(change: ImageCms.ImageCmsTransform) -> bool:
    """Whether the change moves any of a few colours so far that an eye could tell.

    The profile's name does not say it: "DCI-P3 D65 Gamut with sRGB Transfer" is not sRGB.
    """
    steps = (0, 85, 170, 255)
    colours = [(red, green, blue) for red in steps for green in steps for blue in steps]
    probe = Image.new("RGB", (len(colours), 1))
    probe.putdata(colours)
    changed = ImageCms.applyTransform(probe, change)
    before, after = probe.tobytes(), changed.tobytes() if changed else b""
    return any(abs(old - new) > INVISIBLE for old, new in zip(before, after, strict=False))
