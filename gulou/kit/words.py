"""What people type: cleaning it, and splitting Chinese for search."""

import re
import unicodedata
from typing import Protocol

from django.utils.translation import get_language

# Characters that turn the direction of everything after them: a classic way to disguise text.
_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F])
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# What a spreadsheet takes for the beginning of a formula; the wide ones too, where it is Chinese.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_HAN_RUN = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+|[a-z0-9]+")


def clean(text: str) -> str:
    """NFC, without control characters and direction overrides, outer white space gone."""
    text = unicodedata.normalize("NFC", text).translate(_BIDI)
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def bigrams(text: str) -> list[str]:
    """Search terms of a text: pairs of neighbouring Han characters, whole Latin words and numbers.

    A run of one character stands for itself. Text and query are split by this same function.
    """
    terms: list[str] = []
    for run in _HAN_RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        if run[0].isascii() or len(run) == 1:
            terms.append(run)
        else:
            terms.extend(run[i : i + 2] for i in range(len(run) - 1))
    return terms


def defused(text: str) -> str:
    """For a cell of CSV: a leading apostrophe where a spreadsheet would calculate."""
    return f"'{text}" if text.startswith(_FORMULA) else text


class Named(Protocol):
    """Anything that has a name in both languages."""

    @property
    def name_zh(self) -> str: ...

    @property
    def name_en(self) -> str: ...


def name_of(thing: Named) -> str:
    """The name in the language of the present reader; the Chinese one where there is no other."""
    return in_language(thing.name_zh, thing.name_en)


def in_language(zh: str, en: str) -> str:
    """Whichever of the two the present reader reads; the Chinese one where there is no other."""
    return zh if reads_chinese() else en or zh


def reads_chinese() -> bool:
    """Whether the present reader reads Chinese: for whoever names very many things."""
    return (get_language() or "").startswith("zh")


def cut(words: str, most: int) -> str:
    """The words in at most so many bytes of UTF-8, no character broken."""
    data = words.encode()
    if len(data) <= most:
        return words
    return data[: most - 3].decode(errors="ignore") + "…"
