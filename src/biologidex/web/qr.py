"""Addresses as QR codes: drawn here, so that no other site learns them."""

import io

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_code(text: str, *, title: str) -> SafeString:
    """Draw a text as a QR code, an SVG that scales with its place and takes dark ink on light paper in any scheme."""
    drawn = io.BytesIO()
    segno.make_qr(text, error="m").save(
        drawn, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=3, dark="#20211b", light="#fffdf6",
        svgclass="qr", lineclass=None, title=title,
    )  # fmt: skip
    return mark_safe(drawn.getvalue().decode())  # noqa: S308 -- segno escapes the title; all else is numbers
