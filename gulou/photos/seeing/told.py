"""What looking at pictures finds: said by the helper, read by who asks it. Needs no OpenCV."""

from dataclasses import dataclass

from .boxes import Box


@dataclass(frozen=True)
class Found:
    """A face or a plate, in parts of the picture's width and height, and how sure it is (0 to 1)."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    score: float

    @property
    def box(self) -> Box:
        """Where it is."""
        return self.x, self.y, self.width, self.height


@dataclass(frozen=True)
class Match:
    """How well two pictures fit: matched features that one viewpoint explains, of how many; and the
    share of what both show that is the same to the grain (0 to 1)."""

    inliers: int
    matches: int
    identical: float


@dataclass(frozen=True)
class Traces:
    """The editor that a file names, and how many features of the picture are copied within it."""

    editor: str
    copied: int
