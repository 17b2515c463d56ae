"""What the worker does for cases: by the clock, and after what happened to them."""

from collections.abc import Sequence
from datetime import timedelta

from gulou.kit import clock
from gulou.outbox.table import Envelope
from gulou.people.access import has_no_post
from gulou.people.models import User
from gulou.photos import jobs as photo_jobs

from . import examining, rechecks, search, tallies
from .facts import CaseSettling
from .models import Before, Case, Revisit, Step
from .operations import revisits
from .operations.assigning import assign_recheck as assign
from .operations.figures import compute_figures
from .operations.ground import told_of
from .operations.recurrences import suspect_recurrences
from .operations.succession import give_back_steps as give_back
from .operations.watching import SYSTEM
from .operations.watching import watch_clocks as watch

KEPT = timedelta(minutes=10)
MOST_DRAWN = 500


def examine_pictures(envelope: Envelope) -> None:
    """Find what there is to say of the pictures that a unit sends of its work. Twice does no harm."""
    examine(told_of(envelope.subject_uid), envelope.fact.photos)


def examine(case: Case, uids: Sequence[str]) -> None:
    """As `examine_pictures`, for these pictures on a case."""
    for evidence in examining.after_photos(case, uids):
        for one in (evidence, *examining.before_photos(evidence)):
            photo_jobs.prepare(one.photo)
        examining.examine(evidence)


def assign_recheck(envelope: Envelope) -> None:
    """When a case was handled, or its recheck given back: draw who rechecks. Twice does no harm."""
    if envelope.fact.step is not None:
        assign(told_of(envelope.subject_uid), envelope.fact.step)


def draw_what_was_left() -> int:
    """Draw for open rechecks that no fact leads to the lot, as those that came from another system, or
    whose naming was taken back; how many were looked at."""
    left = rechecks.undrawn(clock.now() - CaseSettling.settles_after)[:MOST_DRAWN]
    for case in left:
        assign(case, case.step_id or 0)
    return len(left)


def sample_closed(envelope: Envelope) -> None:
    """When a case was closed: draw whether it is looked at again. Twice does no harm."""
    revisits.sample_closed(envelope.subject_uid, closing=envelope.event_id)


def skip_revisits(envelope: Envelope) -> None:
    """When a case was opened again: nothing waits that was drawn for it as it was closed."""
    revisits.skip_revisits(envelope.subject_uid)


def begin_look_backs() -> int:
    """Let the look-backs begin whose day has come; how many."""
    return revisits.begin_look_backs()


def draw_revisits_anew() -> int:
    """Draw anew for people who hold no posting any more; how many."""
    waiting = Revisit.objects.filter(person__isnull=False, ended_at=None, begun_at__isnull=False)
    persons = User.objects.filter(pk__in=waiting.values("person_id"))
    gone = [user.pk for user in persons if has_no_post(user)]
    left = list(waiting.filter(person_id__in=gone).values_list("pk", flat=True))
    for pk in left:
        revisits.draw_anew_for_who_left(pk)
    return len(left)


def link_recurrences(envelope: Envelope) -> None:
    """When a case was filed: link it with what was closed there lately. Twice does no harm."""
    suspect_recurrences(envelope.subject_uid)


def fold_tallies() -> int:
    """Fold the changes of counts into the counts."""
    return tallies.fold()


def watch_clocks() -> int:
    """Tell who is to be told that a limit runs out, and let suspended clocks run again."""
    return watch()


def give_back_steps(envelope: Envelope) -> None:
    """When somebody's access was closed: what waited for them waits for their unit."""
    user = User.objects.filter(uid=envelope.subject_uid, is_active=False).first()
    if user is not None:
        give_back(user, actor=SYSTEM)


def give_back_steps_of_who_left() -> int:
    """Give back the steps of people who hold no posting any more; how many."""
    waiting = Step.objects.filter(ended_at=None, person__isnull=False, case__ended_at=None)
    persons = User.objects.filter(pk__in=waiting.values("person_id"))
    gone = [user for user in persons if has_no_post(user)]
    return sum(give_back(user, actor=SYSTEM) for user in gone)


def forget_before() -> int:
    """Forget how cases stood before moves that can no longer be taken back; how many."""
    return Before.objects.filter(at__lt=clock.now() - KEPT).delete()[0]


def renew_figures() -> None:
    """Compute the public figures of today anew."""
    compute_figures()


def find_the_missing() -> int:
    """Let cases be found that an older version took in beside this one; how many."""
    cases = search.missing(1000)
    search.find_anew(cases)
    return len(cases)
