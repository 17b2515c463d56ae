"""What somebody should see before they send: the same thing reported already, better numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gulou.cases import queries as cases
from gulou.cases.queries import Nearby
from gulou.catalogue import queries as catalogue
from gulou.kit.words import name_of
from gulou.openings.queries import any_open
from gulou.places import queries as places

from .opened import CASES
from .pins import Pin

if TYPE_CHECKING:
    from gulou.catalogue.queries import ElsewhereRef
    from gulou.photos.models import Photo

NEAR, CHANNELS = "near", "channels"


@dataclass(frozen=True)
class Hints:
    """Each is shown once: the form carries in `asked` what has been shown."""

    near: Sequence[Nearby] = ()
    channels: Sequence["ElsewhereRef"] = ()
    outside: str = ""
    """The district's name, where the pin is outside it."""

    @property
    def topics(self) -> list[str]:
        """What there is to show."""
        return [name for name, there in ((NEAR, self.near), (CHANNELS, self.channels)) if there]

    def new_to(self, asked: Sequence[str]) -> bool:
        """Whether any of it has not been shown yet."""
        return bool(set(self.topics) - set(asked))


def all_shown(asked: Sequence[str]) -> bool:
    """Whether nothing could be new to who has seen these."""
    return {NEAR, CHANNELS} <= set(asked)


def hints_for(
    pin: Pin | None, category_id: int | None, words: str, address: str = "",
    photos: Sequence["Photo"] = (),
) -> Hints:  # fmt: skip
    """The hints for what is known of a report so far."""
    near: Sequence[Nearby] = ()
    if pin is not None and category_id is not None:
        near = cases.nearby_open(cases.sight_at(
            pin.lat, pin.lon, category_id, accuracy_m=pin.accuracy_m, words=words,
            address=address, photos=photos,
        ), public=any_open(*CASES))  # fmt: skip
    channels = catalogue.elsewhere_for(words) if words else ()
    return Hints(near, channels, _outside(pin))


def _outside(pin: Pin | None) -> str:
    if pin is None or places.locate(pin.lat, pin.lon).inside:
        return ""
    return name_of(places.district())
