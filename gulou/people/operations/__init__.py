"""Changing units, roles, postings and people; and the record of who signed in.

`by` says who acts. None is the system itself: the command line, an import, the demonstration. It
may do everything; the record names it "system".
"""

from .demonstration import mark_demonstration
from .persons import (
    Enrolled,
    change_password,
    deactivate_person,
    describe_person,
    enrol_at,
    enrol_person,
    reactivate_person,
    remove_second_factor,
    reset_password,
    set_details,
    sign_out_person,
)
from .postings import (
    attach_leader,
    detach_leader,
    end_posting,
    post_person,
    reattach_leader,
    reopen_posting,
    stop_attachment,
    stop_posting,
)
from .roles import create_role, define_role
from .sessions import (
    end_other_sessions,
    end_session,
    end_sessions_of_all_who_left,
    forget_past_sessions,
    note_failed_sign_in,
    note_recovery_codes,
    note_second_factor,
    note_seen,
    note_sign_in,
    note_sign_out,
)
from .undo import undo_change
from .units import (
    check_move,
    create_unit,
    describe_unit,
    dissolve_unit,
    end_leader,
    move_unit,
    reinstate_unit,
    rename_unit,
    set_description,
    set_leader,
    withdraw_leader,
)

__all__ = [
    "Enrolled",
    "attach_leader",
    "change_password",
    "check_move",
    "create_role",
    "create_unit",
    "deactivate_person",
    "define_role",
    "describe_person",
    "describe_unit",
    "detach_leader",
    "dissolve_unit",
    "end_leader",
    "end_other_sessions",
    "end_posting",
    "end_session",
    "end_sessions_of_all_who_left",
    "enrol_at",
    "enrol_person",
    "forget_past_sessions",
    "mark_demonstration",
    "move_unit",
    "note_failed_sign_in",
    "note_recovery_codes",
    "note_second_factor",
    "note_seen",
    "note_sign_in",
    "note_sign_out",
    "post_person",
    "reactivate_person",
    "reattach_leader",
    "reinstate_unit",
    "remove_second_factor",
    "rename_unit",
    "reopen_posting",
    "reset_password",
    "set_description",
    "set_details",
    "set_leader",
    "sign_out_person",
    "stop_attachment",
    "stop_posting",
    "undo_change",
    "withdraw_leader",
]
