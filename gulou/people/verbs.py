"""What a role may let a person do to units and people."""

MANAGE = "people.manage"
"""Units below, their leading groups, and who is posted there."""
DEFINE = "people.define"
"""What each role may do. Held at the district office."""
MEND = "office.mend"
"""Seeing what the house set aside, and trying it again. Held at the district office."""

VERBS: tuple[str, ...] = (MANAGE, DEFINE, MEND)
