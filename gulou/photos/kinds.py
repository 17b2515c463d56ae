"""What a file is by its first bytes. Names and declared types are never asked."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of picture that is taken in."""

    code: str
    mime: str
    extension: str


JPEG = Kind("jpeg", "image/jpeg", "jpg")
PNG = Kind("png", "image/png", "png")
WEBP = Kind("webp", "image/webp", "webp")
HEIF = Kind("heif", "image/heic", "heic")
KINDS = (JPEG, PNG, WEBP, HEIF)

HEAD = 64
_HEVC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}
_OTHERS = {
    b"GIF8": "GIF",
    b"%PDF": "PDF",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
    b"BM": "BMP",
    b"<svg": "SVG",
    b"PK\x03\x04": "ZIP",
    b"\x1aE\xdf\xa3": "Matroska",
}


def _brands(head: bytes) -> list[bytes]:
    """The brands of an ISO media file, the major one first; empty if it is none."""
    if head[4:8] != b"ftyp":
        return []
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return [head[8:12], *(head[i : i + 4] for i in range(16, end - 3, 4))]


def kind_of(head: bytes) -> Kind | None:
    """The kind of a file from its first HEAD bytes, or None if it is not taken in."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    brands = _brands(head)
    if brands and brands[0] in _HEVC_BRANDS | {b"mif1", b"msf1"} and _HEVC_BRANDS & set(brands):
        return HEIF
    return None


def known_as(head: bytes) -> str:
    """What a refused file seems to be, for the words of the refusal; empty if nobody knows."""
    brands = _brands(head)
    if brands:
        return "AVIF" if b"avif" in brands else "MP4"
    return next((name for magic, name in _OTHERS.items() if head.startswith(magic)), "")
