"""Colours that are read together pass WCAG AA by day and by night."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "frontend" / "styles" / "tokens.css"
PAIR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
COLOURS = {name: (day, night) for name, day, night in PAIR.findall(TOKENS.read_text())}
GROUNDS = ("paper", "surface", "sunken", "hover")
STATES = ("waiting", "underway", "recheck", "done", "late")

TEXT = [
    *[(ink, ground) for ink in ("ink", "ink-soft", "ink-faint") for ground in GROUNDS],
    *[(state, ground) for state in STATES for ground in (*GROUNDS, f"{state}-soft")],
    *[("ink", f"{state}-soft") for state in STATES],
    *[("accent", ground) for ground in (*GROUNDS, "accent-soft")],
    *[("accent-strong", ground) for ground in (*GROUNDS, "accent-soft")],
    *[(ink, "accent-soft") for ink in ("ink", "ink-soft", "ink-faint", *STATES)],
    ("on-fill", "fill"),
    ("on-fill", "fill-strong"),
    ("map-label", "map-area"),
]
SHAPES = [
    *[(name, ground) for name in ("line-strong", "focus") for ground in ("paper", "surface")],
    *[(f"series-{n}", ground) for n in range(1, 6) for ground in ("paper", "surface")],
    *[(state, "map-area") for state in STATES],
]


def _light(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2."""
    lights = sorted((_light(one), _light(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


@pytest.mark.parametrize("at", [0, 1], ids=["day", "night"])
@pytest.mark.parametrize("pair", TEXT, ids="-on-".join)
def test_text_can_be_read(pair: tuple[str, str], at: int) -> None:
    assert _contrast(COLOURS[pair[0]][at], COLOURS[pair[1]][at]) >= 4.5


@pytest.mark.parametrize("at", [0, 1], ids=["day", "night"])
@pytest.mark.parametrize("pair", SHAPES, ids="-on-".join)
def test_shapes_can_be_seen(pair: tuple[str, str], at: int) -> None:
    assert _contrast(COLOURS[pair[0]][at], COLOURS[pair[1]][at]) >= 3


@pytest.mark.parametrize("at", [0, 1], ids=["day", "night"])
def test_words_on_paper_pass_aaa(at: int) -> None:
    assert _contrast(COLOURS["ink"][at], COLOURS["paper"][at]) >= 7
    assert _contrast(COLOURS["ink-soft"][at], COLOURS["paper"][at]) >= 7


def test_the_page_for_faults_uses_the_same_colours() -> None:
    page = (TOKENS.parents[2] / "gulou/ui/templates/ui/down.html").read_text()
    names = {"paper": "paper", "ink": "ink", "ink-soft": "soft", "ink-faint": "faint",
             "line": "line", "accent": "accent"}  # fmt: skip
    for token, name in names.items():
        assert re.findall(rf"--{name}: (#\w+);", page) == list(COLOURS[token])
