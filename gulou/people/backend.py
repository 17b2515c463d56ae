"""Who is signed in: allauth's way, that finds the person by a query that is made once."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import QuerySet

from gulou.kit.compiled import Compiled

from .models import User


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Allauth's own, asked with every request."""

    def get_user(self, user_id: Any) -> User | None:
        """The person of a session, unless they may not sign in any more."""
        found = _with_id.first(int(user_id))
        return found if found is not None and self.user_can_authenticate(found) else None


@Compiled
def _with_id(pk: int) -> QuerySet[User]:
    return User.objects.filter(pk=pk)
