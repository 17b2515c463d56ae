"""One long picture for a chat group: each case before and after.

A chat group is outside the house. Only pictures that a person has released are drawn, unless who
makes it says otherwise; that is then on record.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from PIL import Image, ImageDraw, ImageFont

from gulou.kit import clock
from gulou.kit.errors import Refusal
from gulou.kit.words import name_of
from gulou.people import queries as people
from gulou.ui.qr import qr_rows

from .chat import lines_of
from .fonts import for_pictures
from .gathered import Item, Picture, gather
from .order import ZIP_MIME, Made, Order
from .words import mark

JPEG_MIME = "image/jpeg"
WIDTH = 1080
_EDGE, _GAP = 48, 24
# Pixels of one square of the code: a phone held before a screen reads it.
_MODULE = 6
_PHOTO = ((WIDTH - 2 * _EDGE - _GAP) // 2, 360)
# Chat programs make longer pictures small until nobody can read them.
_MOST_HEIGHT = 12_000
_PAPER, _INK, _SOFT, _LINE, _SUNKEN = "#ffffff", "#1f1d1a", "#6b665e", "#d9d4ca", "#f0ede7"
_LATE = "#9c2f22"


def make(order: Order, file: IO[bytes]) -> Made:
    """One long JPEG; several in a ZIP where one would be too long. Raises Refusal without a case."""
    done = 0

    def cards() -> Iterator[Image.Image]:
        nonlocal done
        for done, item in enumerate(gather(order.selection.cases(order.reader)), 1):
            order.tell(done)
            yield _card(done, item, released_only=not order.unreleased)

    with zipfile.ZipFile(spare := io.BytesIO(), "w", zipfile.ZIP_STORED) as archive:
        last, count = b"", 0
        for count, last in enumerate(_sheets(cards()), 1):
            archive.writestr(f"{count:02d}.jpg", last)
    if not done:
        raise Refusal("paper.no_case", _("There is no case to draw in this list."))
    if count == 1:
        file.write(last)
        return Made(done, "jpg", JPEG_MIME)
    file.write(spare.getvalue())
    return Made(done, "zip", ZIP_MIME)


def _sheets(cards: Iterable[Image.Image]) -> Iterator[bytes]:
    """The cards under each other, a new picture where one would get too long."""
    held: list[Image.Image] = []
    for card in cards:
        if held and sum(one.height for one in held) + card.height > _MOST_HEIGHT:
            yield _joined(held)
            held = []
        held.append(card)
    if held:
        yield _joined(held)


def _joined(cards: list[Image.Image]) -> bytes:
    parts = [_head(len(cards)), *cards, _foot()]
    whole = Image.new("RGB", (WIDTH, sum(part.height for part in parts)), _PAPER)
    top = 0
    for part in parts:
        whole.paste(part, (0, top))
        top += part.height
    out = io.BytesIO()
    whole.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


def _head(count: int) -> Image.Image:
    day = timezone.localtime(clock.now()).strftime("%Y-%m-%d")
    sheet = Image.new("RGB", (WIDTH, 196), _PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((0, 0, WIDTH, 10), fill=_INK)
    draw.text((_EDGE, 44), _("Problems to put right"), font=for_pictures(52), fill=_INK)
    under = ngettext("%(n)d problem", "%(n)d problems", count) % {"n": count}
    told = "  ·  ".join(part for part in (name_of(people.office()), day, under, mark()) if part)
    draw.text((_EDGE, 126), told, font=for_pictures(28), fill=_SOFT)
    return sheet


def _foot() -> Image.Image:
    """The way to the desk, for the phones of the units; nothing where its address is not known."""
    if not settings.GULOU.public_url:
        return Image.new("RGB", (WIDTH, _EDGE), _PAPER)
    code = _code(f"{settings.GULOU.public_url}/desk/")
    foot = Image.new("RGB", (WIDTH, code.height + 2 * _GAP), _PAPER)
    draw = ImageDraw.Draw(foot)
    draw.line((_EDGE, 0, WIDTH - _EDGE, 0), fill=_LINE, width=2)
    foot.paste(code, (WIDTH - _EDGE - code.width, _GAP))
    draw.text((_EDGE, foot.height / 2), _("For the units: scan to open your cases"),
              font=for_pictures(28), fill=_SOFT, anchor="lm")  # fmt: skip
    return foot


def _code(text: str) -> Image.Image:
    rows = qr_rows(text)
    code = Image.new("1", (len(rows), len(rows)))
    code.putdata([not dark for row in rows for dark in row])
    return code.resize((code.width * _MODULE, code.height * _MODULE), Image.Resampling.NEAREST)


def _card(at: int, item: Item, *, released_only: bool) -> Image.Image:
    title = _wrapped(f"{at}. {item.problem}", for_pictures(36), WIDTH - 2 * _EDGE, most=3)
    lines = [
        (part, _LATE if line == len(lines_of(item)) - 1 and item.late else _SOFT)
        for line, text in enumerate(lines_of(item))
        for part in _wrapped(text, for_pictures(28), WIDTH - 2 * _EDGE, most=2)
    ]
    height = 32 + 50 * len(title) + 42 * len(lines) + 20 + _PHOTO[1] + 44 + 24
    card = Image.new("RGB", (WIDTH, height), _PAPER)
    draw, top = ImageDraw.Draw(card), 32
    draw.line((_EDGE, 0, WIDTH - _EDGE, 0), fill=_LINE, width=2)
    for part in title:
        draw.text((_EDGE, top), part, font=for_pictures(36), fill=_INK)
        top += 50
    for part, colour in lines:
        draw.text((_EDGE, top), part, font=for_pictures(28), fill=colour)
        top += 42
    top += 20
    sides = ((item.before, pgettext("paper", "Before")), (item.after, pgettext("paper", "After")))
    for side, (picture, words) in enumerate(sides):
        left = _EDGE + side * (_PHOTO[0] + _GAP)
        _side(card, (left, top), picture, released_only=released_only)
        draw.text((left, top + _PHOTO[1] + 6), words, font=for_pictures(26), fill=_SOFT)
    return card


def _side(
    card: Image.Image, at: tuple[int, int], picture: Picture | None, *, released_only: bool
) -> None:
    shown = picture if picture and (picture.released or not released_only) else None
    jpeg = shown.jpeg(_PHOTO, fill=True, public=True) if shown else b""
    if jpeg:
        with Image.open(io.BytesIO(jpeg)) as photo:
            card.paste(photo, at)
        return
    draw = ImageDraw.Draw(card)
    right, bottom = at[0] + _PHOTO[0], at[1] + _PHOTO[1]
    draw.rectangle((*at, right, bottom), fill=_SUNKEN)
    words = _("Picture not released") if picture else _("No picture yet")
    draw.text(((at[0] + right) / 2, (at[1] + bottom) / 2), words, font=for_pictures(28),
              fill=_SOFT, anchor="mm")  # fmt: skip


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int, *, most: int) -> list[str]:
    """Lines no wider than `width` pixels: Chinese breaks anywhere, an ellipsis ends what is cut."""
    lines, line = [], ""
    for sign in text.replace("\n", " "):
        if font.getlength(line + sign) > width:
            # No line begins with a sign that belongs to the word before it.
            if sign in "，。、；：）》”！？,.;:)":
                line, sign = line[:-1], line[-1] + sign
            lines.append(line)
            line = ""
        line += sign
    lines.append(line)
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1][:-1] + "…"]
    return [one.strip() for one in lines]
