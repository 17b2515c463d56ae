"""Everything that can be done to the catalogue. Each: allow, lock, check, change, record."""

from .areas import retire_area, take_back_area
from .checkings import set_checking
from .code_sets import Loaded, load_code_set, make_current, retire_category
from .describing import (
    add_category,
    add_condition,
    add_elsewhere,
    add_reason,
    describe_category,
    describe_channel,
    describe_condition,
    describe_elsewhere,
    describe_imprint,
    describe_reason,
    restore_categories,
)
from .foreign import Foreign, take_categories
from .limits import (
    set_condition_limit,
    set_special_limit,
    set_step_limit,
    set_warning_marks,
)
from .rules import (
    RuleContradicts,
    RuleDraft,
    change_rule,
    end_rule,
    resume_rule,
    set_rule,
    set_rule_decided,
    try_rule,
)
from .shipped import load_lists, load_shipped
from .undo import can_take_back, take_back

__all__ = [
    "Foreign",
    "Loaded",
    "RuleContradicts",
    "RuleDraft",
    "add_category",
    "add_condition",
    "add_elsewhere",
    "add_reason",
    "can_take_back",
    "change_rule",
    "describe_category",
    "describe_channel",
    "describe_condition",
    "describe_elsewhere",
    "describe_imprint",
    "describe_reason",
    "end_rule",
    "load_code_set",
    "load_lists",
    "load_shipped",
    "make_current",
    "restore_categories",
    "resume_rule",
    "retire_area",
    "retire_category",
    "set_checking",
    "set_condition_limit",
    "set_rule",
    "set_rule_decided",
    "set_special_limit",
    "set_step_limit",
    "set_warning_marks",
    "take_back",
    "take_back_area",
    "take_categories",
    "try_rule",
]
