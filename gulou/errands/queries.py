"""Reading errands. Nobody but who asked for one knows of it."""

from typing import IO
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from gulou.kit.errors import NotFound
from gulou.people.models import User

from . import rights
from .files import files
from .models import Errand
from .states import ENDED, State
from .table import Work, table

__all__ = ["State", "Work", "errand_of", "errands_of", "label_of", "may_fetch", "open_given"]

_LISTED = 50


def errand_of(user: User, uid: UUID) -> Errand:
    """An errand that this person asked for. Raises NotFound."""
    found = Errand.objects.filter(uid=uid, asked_by=user).first() if user.is_active else None
    if found is None:
        raise NotFound("errand.not_found", _("There is no such work of yours."))
    return found


def errands_of(user: User) -> list[Errand]:
    """The last that this person asked for, newest first."""
    return list(Errand.objects.filter(asked_by=user).order_by("-asked_at", "-pk")[:_LISTED])


def underway(user: User) -> int:
    """How many wait or run."""
    return Errand.objects.filter(asked_by=user).exclude(state__in=ENDED).count()


def not_ended() -> dict[str, int]:
    """How many of everybody's wait or run, by state."""
    found = Errand.objects.exclude(state__in=ENDED).order_by().values_list("state")
    counted = dict(found.annotate(n=Count("pk")))
    return {state.value: counted.get(state, 0) for state in State if state not in ENDED}


def label_of(errand: Errand) -> str:
    """What it is, in the reader's language."""
    kind = table().get(errand.kind)
    return str(kind.label) if kind else errand.kind


def may_fetch(user: User, errand: Errand) -> bool:
    """Whether its file is there and still for this person."""
    return bool(errand.result) and rights.may_fetch(user, errand)


def open_given(errand: Errand) -> IO[bytes]:
    """The file that came with it. Raises FileNotFoundError."""
    return files.open_file(errand.given)
