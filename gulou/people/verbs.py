"""What a role may let a person do to units, people and places."""

MANAGE = "people.manage"
"""Units below, their leading groups, and who is posted there."""
DEFINE = "people.define"
"""What each role may do. Held at the district office."""
PLACES = "places.manage"
"""Areas, their borders, and named places. The room of places stands below: its verb is ours."""
MEND = "office.mend"
"""Seeing what the house set aside, and trying it again. Held at the district office."""

VERBS: tuple[str, ...] = (MANAGE, DEFINE, PLACES, MEND)
