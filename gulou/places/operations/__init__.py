"""Everything that can be done to areas and named places.

People stand above places, so nothing here can ask who may: the face or the command line that
calls asks for the verb `places.manage` first. `actor` says who acts.
"""

from .areas import (
    TOLERANCE_M2,
    count_people,
    describe_area,
    import_areas,
    restore_area,
    retire_area,
)
from .drafts import AreaDraft, AreaSource, PlaceDraft, Summary
from .levels import STANDARD_LEVELS, set_level, set_standard_levels
from .named_places import (
    SAME_PLACE_M,
    add_named_place,
    change_place,
    checked_place,
    import_places,
    restore_place,
    retire_place,
)
from .undo import take_back

__all__ = [
    "SAME_PLACE_M",
    "STANDARD_LEVELS",
    "TOLERANCE_M2",
    "AreaDraft",
    "AreaSource",
    "PlaceDraft",
    "Summary",
    "add_named_place",
    "change_place",
    "checked_place",
    "count_people",
    "describe_area",
    "import_areas",
    "import_places",
    "restore_area",
    "restore_place",
    "retire_area",
    "retire_place",
    "set_level",
    "set_standard_levels",
    "take_back",
]
