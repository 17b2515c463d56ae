"""Working on what is owed through one provider: each in a thread of its own, one message at a time.

A provider is held by a lease, so that one process is bound with it; no lock is held while it
answers. What fails is tried again later, and a provider that cannot be reached is left alone
meanwhile. Nothing it does holds up another.
"""

import logging
import uuid
from datetime import datetime, timedelta
from typing import Protocol

from django.db.models import F, Q
from django.db.utils import InterfaceError, OperationalError

from gulou.kit import clock
from gulou.outbox.deliver import MAX_ATTEMPTS, pause_after

from . import at_hand
from .at_hand import ProviderRef
from .models import Missive, Provider

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
STALE = timedelta(days=2)
"""What waited longer is not told any more: nobody wants yesterday's news twice."""
_LONGEST_PAUSE = timedelta(hours=1)


class NotNow(Exception):
    """It may go, but not before `until`: no failed attempt. `everything`: nor anything else."""

    def __init__(self, until: datetime, code: str = "", *, everything: bool = False) -> None:
        super().__init__(code)
        self.until, self.code, self.everything = until, code, everything


class Failed(Exception):
    """It did not go. `for_good`: it never will; `down`: it is the provider's fault, not its own."""

    def __init__(self, code: str, *, for_good: bool = False, down: bool = False) -> None:
        super().__init__(code)
        self.code, self.for_good, self.down = code, for_good, down


class Adapter(Protocol):
    """How one provider is spoken to."""

    code: str

    def tend(self, ref: ProviderRef) -> None:
        """What is to be done also when nothing is owed. Raises Failed."""

    def send(self, ref: ProviderRef, missive: Missive) -> None:
        """Send it. Raises NotNow, Failed."""

    def close(self) -> None:
        """Nothing is sent any more: let go of whatever is held."""


class Line:
    """The line of one provider in this process. `send_next` is what its thread does."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter
        self._mine = uuid.uuid4()

    def send_next(self) -> bool:
        """Send one message that is owed now. False when there is nothing to do."""
        ref = at_hand.provider(self._adapter.code)
        if ref is None:
            self._adapter.close()
            return False
        if not self._hold(ref):
            return False
        missive: Missive | None = None
        try:
            self._adapter.tend(ref)
            missive = self._next(ref)
            if missive is None:
                return False
            self._adapter.send(ref, missive)
        except NotNow as wait:
            self._wait(ref, missive, wait)
        except Failed as failure:
            self._failed(ref, missive, failure)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001  one message may be broken in any way; the line lives on
            logger.error("provider %s: %s", ref.code, type(error).__qualname__)
            self._adapter.close()
            self._failed(ref, missive, Failed("broken", down=missive is None))
        else:
            # Also when the provider was taken out of use meanwhile: what went, went. But a part of
            # which it was said meanwhile that it did not arrive stays aside.
            went = Q(set_aside_at=None) | Q(error="closed")
            Missive.objects.filter(went, pk=missive.pk).update(
                sent_at=clock.now(), set_aside_at=None, error="", sealed_to=None
            )
            Provider.objects.filter(pk=ref.id).update(failures=0, error="")
            logger.info("provider %s: message %s sent", ref.code, missive.pk)
        return missive is not None

    def leave(self) -> None:
        """The worker stops: let go of the provider, so that another need not wait for the lease."""
        self._adapter.close()
        mine = Provider.objects.filter(code=self._adapter.code, lease=self._mine)
        mine.update(lease=None, leased_until=None)

    def _hold(self, ref: ProviderRef) -> bool:
        """Take the lease, or keep it. False while another has it, or the provider is left alone."""
        now = clock.now()
        row = Provider.objects.only("lease", "leased_until", "paused_until").get(pk=ref.id)
        if row.paused_until is not None and row.paused_until > now:
            return False
        until = row.leased_until
        if row.lease == self._mine and until is not None and until > now + LEASE / 2:
            return True
        free = Q(lease=self._mine) | Q(leased_until=None) | Q(leased_until__lte=now)
        taken = Provider.objects.filter(free, pk=ref.id)
        if not taken.update(lease=self._mine, leased_until=now + LEASE):
            self._adapter.close()
            return False
        return True

    def _next(self, ref: ProviderRef) -> Missive | None:
        now = clock.now()
        owed = Missive.objects.filter(
            provider_id=ref.id, sent_at=None, set_aside_at=None, due_at__lte=now
        )
        owed.filter(at__lte=now - STALE).update(set_aside_at=now, error="stale", sealed_to=None)
        # At each try its worker died.
        dead = owed.filter(attempts__gte=MAX_ATTEMPTS)
        dead.update(set_aside_at=now, error="broken", sealed_to=None)
        missive = owed.order_by("due_at", "id").first()
        if missive is not None:
            # A worker killed now leaves it to be tried again, but not for ever.
            again = Missive.objects.filter(pk=missive.pk)
            again.update(attempts=F("attempts") + 1, due_at=now + LEASE)
            missive.attempts += 1
        return missive

    def _wait(self, ref: ProviderRef, missive: Missive | None, wait: NotNow) -> None:
        if missive is not None:
            Missive.objects.filter(pk=missive.pk).update(
                attempts=F("attempts") - 1, due_at=wait.until, error=wait.code
            )
        if wait.everything:
            Provider.objects.filter(pk=ref.id).update(paused_until=wait.until)

    def _failed(self, ref: ProviderRef, missive: Missive | None, failure: Failed) -> None:
        now = clock.now()
        logger.warning("provider %s: %s", ref.code, failure.code)
        if missive is not None:
            pause = min(_LONGEST_PAUSE, pause_after(missive.attempts))
            mine = Missive.objects.filter(pk=missive.pk)
            mine.update(error=failure.code, due_at=now + pause)
            if failure.for_good or missive.attempts >= MAX_ATTEMPTS:
                mine.update(set_aside_at=now, sealed_to=None)
        if failure.down:
            self._adapter.close()
            failures = 1 + (
                Provider.objects.values_list("failures", flat=True).filter(pk=ref.id).first() or 0
            )
            Provider.objects.filter(pk=ref.id).update(
                failures=min(failures, 100), error=failure.code, lease=None, leased_until=None,
                paused_until=now + min(_LONGEST_PAUSE, pause_after(failures)),
            )  # fmt: skip
