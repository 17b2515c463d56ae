"""A link as a square code for the camera of another device, as SVG without a style of its own."""

import qrcode  # type: ignore[import-untyped]
from django.utils.html import format_html
from django.utils.safestring import SafeString

QUIET = 4
"""Modules of white around it, as ISO/IEC 18004 asks for."""


def qr_rows(text: str) -> list[list[bool | None]]:
    """The modules of the code, row by row, with the quiet border; true is dark."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    code.make(fit=True)
    rows: list[list[bool | None]] = code.get_matrix()
    return rows


def qr_svg(text: str, *, label: str) -> SafeString:
    """Black on white by day and night, for cameras expect it so. `label` is read out instead."""
    rows = qr_rows(text)
    return format_html(
        '<svg class="qr" role="img" aria-label="{}" viewBox="0 0 {n} {n}"'
        ' shape-rendering="crispEdges"><rect width="{n}" height="{n}" fill="#fff"/>'
        '<path d="{path}" fill="#000"/></svg>',
        label, n=len(rows), path=_path(rows),
    )  # fmt: skip


def _path(rows: list[list[bool | None]]) -> str:
    """One square for each dark module."""
    return "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
