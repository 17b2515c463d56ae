"""What people do at their desks, beside the moves on cases."""

from .drafts import drop_draft, take_pictures
from .following import follow_case, owe_followers, see_case, unfollow_case
from .mentions import answer_mentions, note_and_mention, settle_mention
from .templates import restore_template, retire_template, set_template, take_back_template

__all__ = [
    "answer_mentions",
    "drop_draft",
    "follow_case",
    "note_and_mention",
    "owe_followers",
    "restore_template",
    "retire_template",
    "see_case",
    "set_template",
    "settle_mention",
    "take_back_template",
    "take_pictures",
    "unfollow_case",
]
