"""What a child does with one picture: open it, look at it, make small clean copies.

It shrinks before it turns and never holds a second full-size picture: large ones are flattened
and reduced in strips. Copies are new JPEG files in sRGB; nothing of the original but its pixels
is in them.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

import pillow_heif
from PIL import Image, ImageCms, ImageFile, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from gulou.photos.decoding import exif, fingerprints

LONGEST = {"list": 320, "page": 1280, "full": 2560}
_QUALITY = {"list": 76, "page": 82, "full": 86}
# The longest side of what is opened only to see that it is whole.
_GLIMPSE = 64
_STRIP_PIXELS = 2_000_000
_WEBP_BYTES_A_PIXEL = 16
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
Size = tuple[int, int]

# Each kind by its own decoder, never by guessing: what is not asked for is never reached.
_OPENERS: dict[str, Callable[[BinaryIO], ImageFile.ImageFile]] = {
    "jpeg": JpegImagePlugin.JpegImageFile,
    "png": PngImagePlugin.PngImageFile,
    "webp": WebPImagePlugin.WebPImageFile,
}


class Refused(Exception):
    """The picture cannot be taken in: "pixels", "damaged", "memory" or "time"."""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What is wanted of a picture, and what it may take. `sizes` are keys of LONGEST; without any
    it is only opened to the end, as small as its decoder can, to see that it is whole."""

    kind: str
    sizes: list[str]
    inspect: bool = False
    most_pixels: int = 50_000_000
    memory_mb: int = 300
    cpu_seconds: int = 6
    wall_seconds: float = 12


@dataclass(frozen=True)
class Opened:
    """A picture whose size is known and whose pixels may not have been read yet."""

    size: Size
    strips: Any
    metadata: Any
    profile: bytes


def warm() -> None:
    """Load and use everything once, so that children need load nothing."""
    Image.MAX_IMAGE_PIXELS = None
    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.options.THUMBNAILS = False
    pillow_heif.options.DEPTH_IMAGES = False
    pillow_heif.options.AUX_IMAGES = False
    for kind, name in (("jpeg", "JPEG"), ("png", "PNG"), ("webp", "WEBP")):
        sample = io.BytesIO()
        image = Image.effect_noise((640, 480), 60).convert("RGB")
        image.save(sample, name, exif=_sample_exif(), icc_profile=_SRGB.tobytes())
        work(sample, Ask(kind=kind, sizes=["list"], inspect=True))


def _sample_exif() -> Image.Exif:
    """EXIF with every part that is read: Pillow loads its reader only when there is some."""
    said = Image.Exif()
    said[0x0112] = 6
    said.get_ifd(0x8769)[0x9003] = "2026:11:23 09:00:00"
    said.get_ifd(0x8825)[2] = (26.0, 5.0, 0.5)
    return said


def _sized(size: Size, most_pixels: int) -> Size:
    if size[0] < 1 or size[1] < 1:
        raise Refused("damaged")
    if size[0] * size[1] > most_pixels:
        raise Refused("pixels")
    return size


def _reduced(size: Size, target: int) -> int:
    return max(1, max(size) // target)


def _flat(image: Image.Image) -> Image.Image:
    """RGB on white; CMYK stays, because its profile is needed to turn it into RGB."""
    if image.mode in {"I", "F", "I;16", "I;16B", "I;16L"}:
        image = image.point(lambda value: value * (1 / 256) + 0).convert("L")
    if image.mode in {"RGB", "CMYK"} and "transparency" not in image.info:
        return image
    if image.mode in {"LA", "La", "PA", "RGBA", "RGBa"} or "transparency" in image.info:
        clear = image.convert("RGBA")
        white = Image.new("RGB", image.size, "white")
        white.paste(clear, mask=clear.getchannel("A"))
        return white
    return image.convert("RGB")


def _strip_heights(size: Size, factor: int) -> Iterator[tuple[int, int]]:
    step = max(1, _STRIP_PIXELS // (size[0] * factor)) * factor
    for top in range(0, size[1], step):
        yield top, min(size[1], top + step)


def _shrunk(size: Size, target: int, strip: Any) -> Image.Image:
    """Flattened and reduced by a whole number, so that its longest side is still ≥ target.

    `strip(top, bottom)` gives full-width pieces, so only one picture of full size exists.
    """
    factor = _reduced(size, target)
    whole: Image.Image | None = None
    for top, bottom in _strip_heights(size, factor):
        piece = _flat(strip(top, bottom))
        if factor > 1:
            piece = piece.reduce(factor)
        if whole is None:
            whole = Image.new(piece.mode, (-(-size[0] // factor), -(-size[1] // factor)))
        whole.paste(piece, (0, top // factor))
    if whole is None:
        raise Refused("damaged")
    return whole


def _coefficients(image: JpegImagePlugin.JpegImageFile) -> int:
    """Bytes that a progressive JPEG keeps until its last scan, whatever size is wanted."""
    if not image.info.get("progressive"):
        return 0
    samples = [across * down for _, across, down, _ in image.layer]
    return image.width * image.height * 2 * sum(samples) // max(samples)


def _check_memory(needed: int, ask: "Ask") -> None:
    """Some decoders report a lack of memory as damage: say it before they try."""
    if needed > ask.memory_mb * 1024 * 1024:
        raise Refused("memory")


def _open_pillow(image: ImageFile.ImageFile, target: int, ask: Ask) -> Opened:
    size = _sized(image.size, ask.most_pixels)
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        # Asked for the largest copy always: what is staged today must open for the worker too.
        left_out = max(1, min(8, max(size) // LONGEST["full"])) ** 2
        _check_memory(_coefficients(image) + size[0] * size[1] * 4 // left_out, ask)
        scale = target / max(size)
        # The decoder itself leaves out what a smaller picture does not need.
        image.draft(None, (max(1, round(size[0] * scale)), max(1, round(size[1] * scale))))
    image.load()

    def strips(wanted: int) -> Image.Image:
        return _shrunk(image.size, wanted, lambda top, end: image.crop((0, top, image.width, end)))

    return Opened(size, strips, image.getexif, image.info.get("icc_profile") or b"")


def _open_heif(file: BinaryIO, most_pixels: int) -> Opened:
    picture = pillow_heif.open_heif(file, convert_hdr_to_8bit=True)
    size = _sized(picture.size, most_pixels)

    def strips(wanted: int) -> Image.Image:
        pixels, stride, mode = memoryview(picture.data), picture.stride, picture.mode

        def strip(top: int, end: int) -> Image.Image:
            part = pixels[top * stride : end * stride]
            return Image.frombytes(mode, (size[0], end - top), part, "raw", mode, stride)

        return _shrunk(size, wanted, strip)

    def metadata() -> Image.Exif:
        said = Image.Exif()
        said.load(picture.info.get("exif") or b"")
        # The container has its own turn, already applied.
        said.pop(0x0112, None)
        return said

    return Opened(size, strips, metadata, picture.info.get("icc_profile") or b"")


def _open(file: BinaryIO, ask: Ask, target: int) -> Opened:
    file.seek(0)
    if ask.kind == "heif":
        return _open_heif(file, ask.most_pixels)
    if ask.kind == "webp":
        # Its decoder takes memory for three canvases before it says how large they are.
        size = _sized(WebPImagePlugin._get_size(file.read(30)) or (0, 0), ask.most_pixels)
        _check_memory(size[0] * size[1] * _WEBP_BYTES_A_PIXEL, ask)
        file.seek(0)
    return _open_pillow(_OPENERS[ask.kind](file), target, ask)


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Colours as every screen shows them; a profile that cannot be used is left out."""
    if profile:
        with suppress(Exception):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if image.mode == "RGB" and "sRGB" in ImageCms.getProfileDescription(source):
                return image
            turned = ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
            if turned is not None:
                return turned
    return image.convert("RGB")


def _as_jpeg(image: Image.Image, size: str) -> bytes:
    bare = Image.frombytes("RGB", image.size, image.tobytes())
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=_QUALITY[size], optimize=True, progressive=size != "list")
    return out.getvalue()


def _fit(image: Image.Image, seen: Size, longest: int) -> Image.Image:
    """Scaled down so that the longest side of the picture, `seen` in full, fits."""
    scale = min(1, longest / max(seen))
    fitted = (max(1, round(seen[0] * scale)), max(1, round(seen[1] * scale)))
    return image if image.size == fitted else image.resize(fitted, Image.Resampling.LANCZOS)


def _said(opened: Opened) -> exif.Said:
    try:
        return exif.said_by(opened.metadata())
    except Exception:  # noqa: BLE001 - Pillow raises anything at all on malformed EXIF
        return exif.Said()


def work(file: BinaryIO, ask: Ask) -> tuple[dict[str, Any], list[bytes]]:
    """Read one picture. Gives what is to be said of it, and one JPEG per size, the largest first.

    Raises Refused, MemoryError, or whatever a decoder raises on damage.
    """
    sizes = sorted(ask.sizes, key=lambda size: -LONGEST[size])
    target = LONGEST[sizes[0]] if sizes else _GLIMPSE
    opened = _open(file, ask, target)
    said = _said(opened)
    seen = opened.size if said.orientation < 5 else opened.size[::-1]
    head: dict[str, Any] = {"width": seen[0], "height": seen[1], "copies": []}
    if ask.inspect:
        head["said"] = asdict(said)
    whole = opened.strips(target)
    if not sizes:
        return head, []
    image = _fit(_in_srgb(whole, opened.profile), opened.size, target)
    if said.orientation in _TURNS:
        image = image.transpose(_TURNS[said.orientation])
    blobs = []
    for size in sizes:
        image = _fit(image, seen, LONGEST[size])
        blobs.append(_as_jpeg(image, size))
        head["copies"].append({"size": size, "width": image.width, "height": image.height})
    if ask.inspect:
        head["perceptual_hash"] = fingerprints.perceptual_hash(image)
        head["difference_hash"] = fingerprints.difference_hash(image)
    return head, blobs
