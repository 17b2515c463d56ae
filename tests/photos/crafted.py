"""Files that somebody made to hurt or to confuse, and ways to look at what came of them."""

import io
import struct
import zlib

from django.core.files.storage import default_storage
from PIL import Image

from tests.factories.photos import draw, encode, make_jpeg


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, pixels: bytes, extra: bytes = b"") -> bytes:
    """A grey PNG whose header may claim anything."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + extra
        + _chunk(b"IDAT", zlib.compress(pixels))
        + _chunk(b"IEND", b"")
    )


def jpeg_claiming(width: int, height: int) -> bytes:
    """A small JPEG whose header claims another size."""
    data = bytearray(make_jpeg())
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def with_exif(raw: bytes) -> bytes:
    """A JPEG with any bytes as its EXIF."""
    plain = encode(draw(), "JPEG")
    body = b"Exif\0\0" + raw
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + plain[2:]


REFUSED = {
    "nothing": (b"", "photo.empty"),
    "text called jpg": ("这不是照片".encode(), "photo.kind"),
    "html": (b"<!doctype html><script>alert(1)</script>", "photo.kind"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo.kind"),
    "pdf": (b"%PDF-1.7\n" + make_jpeg(), "photo.kind"),
    "zip": (b"PK\x03\x04" + bytes(100), "photo.kind"),
    "gif": (encode(draw(), "GIF"), "photo.kind"),
    "gif with html in it": (b"GIF89a/*<script>" + bytes(100), "photo.kind"),
    "tiff": (encode(draw(), "TIFF"), "photo.kind"),
    "bmp": (encode(draw(), "BMP"), "photo.kind"),
    "avif": (encode(draw(), "AVIF"), "photo.kind"),
    "mp4": (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(100), "photo.kind"),
    "html before a jpeg": (b"<html>" + make_jpeg(), "photo.kind"),
    "three bytes": (b"\xff\xd8\xff", "photo.damaged"),
    "jpeg head only": (make_jpeg()[:700], "photo.damaged"),
    "cut jpeg": (make_jpeg(size=(1600, 1200))[:9000], "photo.damaged"),
    "cut progressive jpeg": (encode(draw(), "JPEG", progressive=True)[:3000], "photo.damaged"),
    "cut png": (encode(draw(), "PNG")[:-800], "photo.damaged"),
    "cut webp": (encode(draw(), "WEBP")[:-400], "photo.damaged"),
    "cut heic": (encode(draw(), "HEIF")[:-300], "photo.damaged"),
    "heic head only": (encode(draw(), "HEIF")[:60], "photo.damaged"),
    "png without pixels": (png(100, 100, b""), "photo.damaged"),
    "png of no size": (png(0, 0, b""), "photo.damaged"),
    "png of 2,500 megapixels": (png(50_000, 50_000, bytes(100)), "photo.pixels"),
    "png of 51 megapixels": (png(51_000, 1_000, bytes(1000)), "photo.pixels"),
    "png wider than any": (png(2**31 - 1, 1, bytes(100)), "photo.pixels"),
    "jpeg of 60 megapixels": (jpeg_claiming(10_000, 6_000), "photo.pixels"),
    "jpeg of 4,294 megapixels": (jpeg_claiming(65_500, 65_500), "photo.pixels"),
    "webp of 268 megapixels": (
        b"RIFF\x64\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xfe\x3f\0\xfe\x3f\0" + bytes(80), "photo.pixels",
    ),
    "png whose text unpacks to 1 GB": (
        png(9, 9, bytes(90), _chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(1 << 27), 9))),
        "photo.damaged",
    ),
}  # fmt: skip

ACCEPTED = {
    "png whose pixels unpack to 100 MB": png(100, 100, bytes(100_000_000)),
    "html after a jpeg": make_jpeg() + b"<html><script>alert(1)</script>",
    "one pixel": encode(draw(size=(1, 1)), "PNG"),
    "a line": encode(Image.new("RGB", (20_000, 1)), "PNG"),
    "a stripe": encode(Image.new("RGB", (3, 9000), "red"), "JPEG"),
    "cmyk": encode(draw(mode="CMYK"), "JPEG"),
    "grey": encode(draw(mode="L"), "JPEG"),
    "palette": encode(draw(mode="P"), "PNG"),
    "bits": encode(draw(mode="1"), "PNG"),
    "grey of 16 bits": encode(Image.new("I;16", (64, 48), 40_000), "PNG"),
    "alpha": encode(Image.new("RGBA", (64, 48), (255, 0, 0, 0)), "PNG"),
    "grey and alpha": encode(Image.new("LA", (64, 48), (10, 0)), "PNG"),
    "heic": encode(draw(), "HEIF"),
    "webp": encode(draw(), "WEBP"),
    "moving webp": encode(
        draw(), "WEBP", save_all=True, append_images=[draw("two"), draw("three")]
    ),
    "moving png": encode(draw(), "PNG", save_all=True, append_images=[draw("two")]),
    "jpeg of several pictures": encode(draw(), "MPO", save_all=True, append_images=[draw("two")]),
    "progressive": encode(draw(), "JPEG", progressive=True),
}


def stored() -> list[str]:
    """Every file in the storage, half-written ones too."""
    found: list[str] = []
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            inner, names = default_storage.listdir(folder)
        except FileNotFoundError:
            continue
        folders += [f"{folder}/{name}".lstrip("/") for name in inner]
        found += [f"{folder}/{name}" for name in names]
    return sorted(found)


def picture(data: bytes) -> Image.Image:
    """Open bytes as a picture."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image
