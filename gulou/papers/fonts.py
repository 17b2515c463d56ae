"""The fonts that papers are set in: Noto, shipped with the house, so they look the same anywhere."""

from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst
from PIL import ImageFont

FOLDER = Path(pylopdf_fonts_zh_cn.__file__).parent
SANS, SERIF = "Noto Sans SC", "Noto Serif SC"
# A name that is not there falls back to another font in silence, so the first ones are checked:
# by `gulou doctor`, and by a test that looks into the file that was made.
CHAIN = (SANS, "Noto Sans CJK SC", "Source Han Sans SC")
_FILES = {SANS: "NotoSansSC-Regular.otf", SERIF: "NotoSerifSC-Regular.otf"}


@cache
def for_typst() -> typst.Fonts:
    """The shipped fonts first, those of the system for rare characters. Found once."""
    return typst.Fonts(include_system_fonts=True, font_paths=[FOLDER])


@cache
def for_pictures(size: int) -> ImageFont.FreeTypeFont:
    """The shipped sans for drawing, so many pixels high."""
    return ImageFont.truetype(FOLDER / _FILES[SANS], size)


def missing() -> list[str]:
    """The shipped families that cannot be found."""
    found = set(typst.Fonts(include_system_fonts=False, font_paths=[FOLDER]).families())
    return [family for family in _FILES if family not in found]
