"""Finding a category, or a better channel, from what somebody types. Pure: no database."""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from gulou.kit.words import bigrams

if TYPE_CHECKING:
    from .current import CategoryRef, ElsewhereRef

# A word of the name tells more than one of the hint or of the class.
NAME, HINT, CLASS = 3.0, 1.0, 0.5
_SMALL = frozenset({
    "a", "an", "and", "are", "at", "by", "for", "from", "has", "in", "is", "it", "its", "my",
    "no", "not", "of", "on", "or", "that", "the", "there", "this", "to", "was", "where",
    "which", "who", "with",
})  # fmt: skip
_PLURAL = re.compile(r"[a-z]{3,}[^s]s")
_HAN = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]")


def best_categories(
    text: str,
    offered: Iterable["CategoryRef"],
    classes: Mapping[int, "CategoryRef"],
    *,
    limit: int,
) -> list["CategoryRef"]:
    """The offered subclasses whose words overlap most with the text, best first.

    Terms are character pairs and Latin words (kit.words.bigrams); rare ones count more. Ties go to
    what residents are offered first, then by code. Nothing in common: nothing is suggested.
    """
    asked = set(_searched(text))
    terms = {category: _terms(category, classes) for category in offered}
    holding = {term: sum(term in found for found in terms.values()) for term in asked}
    scored = []
    for category, found in terms.items():
        score = sum(
            found[term] * math.log(1 + len(terms) / holding[term]) for term in asked & found.keys()
        )
        if score:
            scored.append((-score, category.public_rank or math.inf, category.code, category))
    return [category for *_, category in sorted(scored, key=lambda row: row[:3])[:limit]]


def fitting_channels(text: str, channels: Iterable["ElsewhereRef"]) -> list["ElsewhereRef"]:
    """The channels one of whose keywords stands in the text; "举报+干部" wants both parts."""
    folded = _folded(text)
    return [
        channel
        for channel in channels
        if any(
            all(_within(_folded(part), folded) for part in keyword.split("+"))
            for keyword in channel.keywords
        )
    ]


def _searched(text: str) -> list[str]:
    """Terms worth comparing: no small English words, and one form for one and many."""
    terms = (term for term in bigrams(text) if term not in _SMALL)
    return [term[:-1] if _PLURAL.fullmatch(term) else term for term in terms]


def _terms(category: "CategoryRef", classes: Mapping[int, "CategoryRef"]) -> Mapping[str, float]:
    above = classes.get(category.parent_id or 0)
    return _weights(
        category.name_zh, category.name_en, category.hint_zh, category.hint_en,
        f"{above.name_zh} {above.hint_zh}" if above else "",
        f"{above.name_en} {above.hint_en}" if above else "",
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _weights(
    name_zh: str, name_en: str, hint_zh: str, hint_en: str, above_zh: str, above_en: str
) -> Mapping[str, float]:
    """The terms of a category with their weights. The same for years, so they are kept."""
    weights: dict[str, float] = {}
    for weight, words in (
        (NAME, f"{name_zh} {name_en}"),
        (HINT, f"{hint_zh} {hint_en}"),
        (CLASS, f"{above_zh} {above_en}"),
    ):
        for term in _searched(words):
            weights[term] = max(weights.get(term, 0.0), weight)
            # A single character still finds the pairs it stands in, but not those of the class.
            for character in term if weight > CLASS and _HAN.match(term) else "":
                weights[character] = max(weights.get(character, 0.0), weight / 2)
    return weights


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _within(part: str, text: str) -> bool:
    """Chinese anywhere, whatever spaces stand between; Latin words from their beginning."""
    if _HAN.search(part):
        return part in text.replace(" ", "")
    return re.search(rf"\b{re.escape(part)}", text) is not None
