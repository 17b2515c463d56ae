"""Drawings made beside the stories: the same as drawn on the spot."""

import pytest

from gulou.demo.darkroom import darkroom
from gulou.demo.drawing import Drawing
from gulou.demo.pictures import picture


def test_what_the_other_process_draws_is_the_picture() -> None:
    with darkroom(copies=False) as room:
        drawn = room.drawn(Drawing("rubbish", 0, "before"))
        late = room.drawn(Drawing("rubbish", 0, "after", dim=True))
    assert drawn == picture("rubbish", 0, stage="before")
    assert late == picture("rubbish", 0, stage="after", dim=True)


def test_what_cannot_be_drawn_is_said_and_not_waited_for() -> None:
    with darkroom(copies=False) as room, pytest.raises(EOFError):
        room.drawn(Drawing("rubbish", 0, "unheard of"))
