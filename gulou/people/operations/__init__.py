"""Changing units, roles, postings and people; and the record of who signed in.

`by` says who acts. None is the system itself: the command line, an import, the demonstration. It
may do everything; the record names it "system".
"""

from .demonstration import mark_demonstration
from .persons import (
    change_password,
    deactivate_person,
    describe_person,
    enrol_person,
    remove_second_factor,
    reset_password,
)
from .postings import attach_leader, detach_leader, end_posting, post_person
from .roles import define_role
from .sessions import (
    note_failed_sign_in,
    note_recovery_codes,
    note_second_factor,
    note_sign_in,
    note_sign_out,
)
from .units import create_unit, describe_unit, dissolve_unit, move_unit, rename_unit, set_leader

__all__ = [
    "attach_leader",
    "change_password",
    "create_unit",
    "deactivate_person",
    "define_role",
    "describe_person",
    "describe_unit",
    "detach_leader",
    "dissolve_unit",
    "end_posting",
    "enrol_person",
    "mark_demonstration",
    "move_unit",
    "note_failed_sign_in",
    "note_recovery_codes",
    "note_second_factor",
    "note_sign_in",
    "note_sign_out",
    "post_person",
    "remove_second_factor",
    "rename_unit",
    "reset_password",
    "set_leader",
]
