"""Where a report says it is: what the form gives, else what the photos say of themselves."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from gulou.kit import clock

if TYPE_CHECKING:
    from gulou.photos.models import Photo

    from .forms import ReportForm

PHOTO, SEARCH = "photo", "search"
WORST_ACCURACY_M = 100_000.0
_OF_THE_SPOT = {"device", PHOTO}


@dataclass(frozen=True)
class Pin:
    """A WGS84 point, how it was found ("photo", "device", "pin", "search") and how sure it is."""

    lat: float
    lon: float
    accuracy_m: float | None = None
    source: str = ""
    name: str = ""

    @property
    def choice(self) -> str:
        """The pin as the value of a choice in a form."""
        return f"{self.lat:.6f},{self.lon:.6f},{self.name}"


def pin_of(form: "ReportForm", photos: Sequence["Photo"]) -> Pin | None:
    """The named place that was chosen, else the pin, else the first photo that knows its place."""
    data = form.cleaned_data
    chosen = pin_in(data.get("place") or "")
    if chosen is not None:
        return chosen
    lat, lon = data.get("lat"), data.get("lon")
    if lat is not None and lon is not None:
        source = data.get("place_source") or ""
        accuracy = accuracy_in(data.get("accuracy") or "") if source in _OF_THE_SPOT else None
        return Pin(lat, lon, accuracy, source)
    return pin_of_photos(photos)


def pin_in(choice: str) -> Pin | None:
    """The pin that a choice stands for; None for anything else."""
    parts = choice.split(",", 2)
    if len(parts) != 3:
        return None
    try:
        lat, lon = float(parts[0]), float(parts[1])
    except ValueError:
        return None
    on_earth = abs(lat) <= 90 and abs(lon) <= 180
    return Pin(lat, lon, None, SEARCH, parts[2]) if on_earth else None


def pin_of_photos(photos: Sequence["Photo"]) -> Pin | None:
    """Where the first photo that says so was taken."""
    for photo in photos:
        if photo.taken_lat is not None and photo.taken_lon is not None:
            return Pin(photo.taken_lat, photo.taken_lon, photo.taken_accuracy_m, PHOTO)
    return None


def accuracy_in(text: str) -> float | None:
    """Metres, if this is a number that a device can mean."""
    try:
        metres = float(text)
    except ValueError:
        return None
    return metres if math.isfinite(metres) and 0 <= metres <= WORST_ACCURACY_M else None


def snapped_at(photos: Sequence["Photo"]) -> datetime | None:
    """When the first photo that knows was taken. A camera whose clock runs ahead knows nothing."""
    times = (photo.taken_at for photo in photos)
    return next((at for at in times if at is not None and at <= clock.now()), None)
