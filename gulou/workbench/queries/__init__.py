"""Reading what people keep at their desks. Each takes the reader; access is asked anew."""

from .drafts import EntryDraftSeen, draft_of, drafts_of
from .following import Followed, FollowerTold, followed_by, followed_case, follower_told, news_count
from .mentions import (
    MentionSeen,
    is_asked,
    mention_of,
    mentions_count,
    mentions_of,
)
from .templates import (
    Change,
    TemplateSeen,
    history_of,
    office_template,
    office_templates,
    template_of,
    templates_for,
    values_of,
)

__all__ = [
    "Change",
    "EntryDraftSeen",
    "Followed",
    "FollowerTold",
    "MentionSeen",
    "TemplateSeen",
    "draft_of",
    "drafts_of",
    "followed_by",
    "followed_case",
    "follower_told",
    "history_of",
    "is_asked",
    "mention_of",
    "mentions_count",
    "mentions_of",
    "news_count",
    "office_template",
    "office_templates",
    "template_of",
    "templates_for",
    "values_of",
]
