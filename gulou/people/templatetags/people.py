"""What the sign-in page needs to know."""

import json
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gulou.people import queries

register = template.Library()


@register.filter
def passkey_options(data: Any) -> str:
    """What a device needs to answer with a passkey, as JSON."""
    return json.dumps(data, cls=DjangoJSONEncoder)


@register.simple_tag
def ways_in() -> list[dict[str, str]]:
    """The other ways of signing in that the settings open."""
    return queries.ways_in()


@register.simple_tag
def demo_logins() -> list[Any]:
    """Who can sign in to the demonstration; nobody where it is not loaded."""
    return queries.demo_logins()


@register.simple_tag
def wechat_linked(user: Any) -> bool:
    """Whether a WeChat account opens this person's door."""
    return queries.linked_wechat(user)


@register.simple_tag
def other_ways_in(user: Any) -> list[str]:
    """In words, what signs this person in beside the password."""
    keys, wechat = queries.other_ways_in(user)
    told = [ngettext("%(count)d passkey", "%(count)d passkeys", keys) % {"count": keys}]
    return told[: bool(keys)] + [_("The linked WeChat account")] * wechat
