"""Pictures made in code: real JPEG, PNG, WebP and HEIC bytes that no data folder is needed for."""

import io
from datetime import datetime
from fractions import Fraction

from PIL import Image, ImageDraw
from PIL.TiffImagePlugin import IFDRational

Size = tuple[int, int]
LatLon = tuple[float, float]

EXIF_IFD, GPS_IFD = 0x8769, 0x8825


def draw(text: str = "photo", size: Size = (640, 480), mode: str = "RGB") -> Image.Image:
    """A picture that differs with its text: sky, ground, a box whose place the text decides."""
    width, height = size
    image = Image.new("RGB", size, (150, 190, 220))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, height // 2, width, height), fill=(110, 115, 110))
    seed = sum(ord(c) * (i + 7) for i, c in enumerate(text))
    left, top = seed % max(1, width // 2), (seed * 31) % max(1, height // 2)
    pen.rectangle((left, top, left + width // 3, top + height // 3), fill=(200, seed % 256, 60))
    # The built-in font knows Latin-1 only; other text still decides the place of the box.
    pen.text((4, 4), text.encode("latin-1", "replace").decode("latin-1"), fill=(20, 20, 20))
    return image if mode == "RGB" else image.convert(mode)


def _sexagesimal(degrees: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    value = abs(degrees)
    whole, minutes = int(value), int(value % 1 * 60)
    seconds = (value - whole - minutes / 60) * 3600
    part = Fraction(seconds).limit_denominator(10000)
    return IFDRational(whole), IFDRational(minutes), IFDRational(part.numerator, part.denominator)


def make_exif(
    *,
    gps: LatLon | None = None,
    accuracy_m: float | None = None,
    taken: datetime | None = None,
    device: tuple[str, str] | None = ("Gulou", "Test Camera"),
    orientation: int | None = None,
) -> Image.Exif:
    """EXIF as a phone writes it. `taken` aware writes its offset too, naive writes none."""
    exif = Image.Exif()
    if device:
        exif[0x010F], exif[0x0110] = device
    if orientation:
        exif[0x0112] = orientation
    if taken:
        inside = exif.get_ifd(EXIF_IFD)
        inside[0x9003] = taken.strftime("%Y:%m:%d %H:%M:%S")
        if taken.tzinfo:
            inside[0x9011] = f"{taken:%z}"[:3] + ":" + f"{taken:%z}"[3:]
    if gps:
        lat, lon = gps
        place = exif.get_ifd(GPS_IFD)
        place[1], place[2] = "S" if lat < 0 else "N", _sexagesimal(lat)
        place[3], place[4] = "W" if lon < 0 else "E", _sexagesimal(lon)
        if accuracy_m is not None:
            place[31] = IFDRational(Fraction(accuracy_m).limit_denominator(1000))
    return exif


def encode(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    """The bytes of a picture in one of Pillow's formats ("HEIF" where pillow-heif can)."""
    if kind == "HEIF":
        from pillow_heif import register_heif_opener

        register_heif_opener()
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def make_jpeg(
    text: str = "photo",
    *,
    size: Size = (640, 480),
    gps: LatLon | None = None,
    accuracy_m: float | None = None,
    taken: datetime | None = None,
    device: tuple[str, str] | None = ("Gulou", "Test Camera"),
    orientation: int | None = None,
    quality: int = 85,
) -> bytes:
    """A JPEG as a phone would send it. Another text makes another picture; gps is (lat, lon)."""
    exif = make_exif(
        gps=gps, accuracy_m=accuracy_m, taken=taken, device=device, orientation=orientation
    )
    return encode(draw(text, size), "JPEG", exif=exif, quality=quality)
