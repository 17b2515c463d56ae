"""Places made in code, full of detail, and pictures that honest and other people take of them."""

from PIL import Image, ImageDraw, ImageFilter
from PIL.Image import Transform

from tests.factories.photos import encode, make_exif


def scene(seed: int) -> Image.Image:
    """A place full of detail that no other seed has."""
    image = Image.effect_noise((640, 480), 70).convert("RGB").filter(ImageFilter.GaussianBlur(2))
    pen = ImageDraw.Draw(image)
    for n in range(60):
        at = (seed * 97 + n * n * 31 + n * 53) % 600, (seed * 57 + n * 71 + n * n * 13) % 440
        colour = ((seed * 40 + n * 37) % 256, (n * 91) % 256, (seed * 11 + n * 17) % 256)
        pen.rectangle((*at, at[0] + 12 + n % 40, at[1] + 10 + (n * 7) % 40), fill=colour)
    return image


def from_elsewhere(image: Image.Image) -> Image.Image:
    """The same place on another picture: another point, other light, other grain."""
    moved = image.transform(
        image.size, Transform.QUAD, (14, 10, 4, 470, 630, 476, 622, 6), Image.Resampling.BICUBIC
    )
    return Image.blend(moved, Image.effect_noise(image.size, 90).convert("RGB"), 0.16).filter(
        ImageFilter.GaussianBlur(0.7)
    )


def jpeg(image: Image.Image, *, quality: int = 90, software: str = "", **said: object) -> bytes:
    exif = make_exif(**said)  # type: ignore[arg-type]  # what make_exif takes
    if software:
        exif[0x0131] = software
    return encode(image, "JPEG", exif=exif, quality=quality)
