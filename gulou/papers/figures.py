"""The numbers of a week, as one reader sees them. What each means is written in `DEFINITIONS`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, F, Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gulou.cases import queries
from gulou.cases.models import Case, Step
from gulou.cases.states import State, StepKind
from gulou.catalogue import queries as catalogue
from gulou.kit import clock
from gulou.kit.words import name_of
from gulou.people.models import User
from gulou.places import queries as places

_MOST_KINDS = 10
_MOST_RECURRING = 8
_RECURS = 3
_RECURRING_WEEKS = 4

DEFINITIONS = {
    "opened": _("Cases opened in the week, whoever reported them; joined reports count once."),
    "closed": _("Cases whose recheck passed in the week, whenever they were opened."),
    "not_taken": _("Cases ended in the week without work: not filed, passed to another channel, or "
                   "merged into another."),
    "on_time": _("Of the stretches of handling that ended in the week and had a limit: the share "
                 "that ended by it."),
    "reworked": _("Stretches of handling that began again in the week after a failed recheck."),
    "open": _("Cases that had not ended when the week did."),
    "late": _("Open cases whose present step is past its limit now, or at the end of the week."),
    "recurring": _("The same category in the same community at least three times in four weeks."),
}  # fmt: skip


@dataclass(frozen=True)
class Week:
    """Monday to Sunday where the office is; `until` is the Monday after."""

    monday: date

    @staticmethod
    def of(day: date) -> "Week":
        """The week in which a day lies."""
        return Week(day - timedelta(days=day.weekday()))

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=6)

    @property
    def before(self) -> "Week":
        """The week before it."""
        return Week(self.monday - timedelta(days=7))

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From its first instant up to the first after it."""
        begin = timezone.make_aware(datetime.combine(self.monday, time.min))
        end = timezone.make_aware(datetime.combine(self.monday + timedelta(days=7), time.min))
        return begin, end


@dataclass(frozen=True)
class Figures:
    """The numbers of one week."""

    opened: int
    closed: int
    not_taken: int
    handled: int
    on_time: int
    reworked: int
    open: int
    late: int

    @property
    def rate(self) -> float | None:
        """The share of handling that ended on time, 0 to 1; None where none ended."""
        return self.on_time / self.handled if self.handled else None


@dataclass(frozen=True)
class Row:
    """One line of a table: a street or a category."""

    name: str
    opened: int
    closed: int
    open: int
    late: int


@dataclass(frozen=True)
class Recurring:
    """A problem that comes again and again."""

    category: str
    community: str
    times: int
    latest: datetime


def seen(reader: User) -> QuerySet[Case]:
    """The cases that a summary counts for this reader: those that may be handed on."""
    return queries.cases_seen_by(reader).filter(restricted=False)


def figures_of(week: Week, *, reader: User) -> Figures:
    """The numbers of a week."""
    begin, end = week.span
    within = Q(ended_at__gte=begin, ended_at__lt=end)
    counts = seen(reader).aggregate(
        opened=Count("pk", filter=Q(opened_at__gte=begin, opened_at__lt=end)),
        closed=Count("pk", filter=within & Q(state=State.CLOSED)),
        not_taken=Count("pk", filter=within & ~Q(state=State.CLOSED)),
        open=Count("pk", filter=_open_at(end)),
        late=Count("pk", filter=_late_at(end)),
    )
    steps = Step.objects.filter(
        case__in=seen(reader).order_by(),
        kind=StepKind.HANDLE, outcome="handled",
        ended_at__gte=begin, ended_at__lt=end,
    )  # fmt: skip
    # What an upheld appeal has excused counts neither way.
    ended = steps.filter(due_at__isnull=False, excused=False).aggregate(
        handled=Count("pk"), on_time=Count("pk", filter=Q(ended_at__lte=F("due_at")))
    )
    reworked = Step.objects.filter(
        case__in=seen(reader).order_by(), kind=StepKind.RECHECK, outcome="failed",
        ended_at__gte=begin, ended_at__lt=end,
    ).count()  # fmt: skip
    return Figures(**counts, **ended, reworked=reworked)


def _open_at(end: datetime) -> Q:
    return Q(opened_at__lt=end) & (Q(ended_at=None) | Q(ended_at__gte=end))


def _late_at(end: datetime) -> Q:
    """Known of cases that are still open: what was late then and has ended since is not kept."""
    return Q(opened_at__lt=end, ended_at=None, due_at__lt=min(end, clock.now()))


def by_street(week: Week, *, reader: User) -> list[Row]:
    """The numbers by street, most opened first."""
    areas = places.area_refs()
    return [_row(row, name_of(areas[row["street_id"]]) if row["street_id"] in areas else "—")
            for row in _grouped(week, reader, "street_id")]  # fmt: skip


def by_category(week: Week, *, reader: User) -> list[Row]:
    """The numbers of the categories that were opened most."""
    refs = catalogue.category_refs()
    rows = _grouped(week, reader, "category_id")[:_MOST_KINDS]
    return [_row(row, name_of(refs[row["category_id"]])) for row in rows]


def _grouped(week: Week, reader: User, column: str) -> list[dict[str, int]]:
    begin, end = week.span
    ended = Q(ended_at__gte=begin, ended_at__lt=end, state=State.CLOSED)
    rows = seen(reader).order_by().values(column).annotate(
        n_opened=Count("pk", filter=Q(opened_at__gte=begin, opened_at__lt=end)),
        n_closed=Count("pk", filter=ended), n_open=Count("pk", filter=_open_at(end)),
        n_late=Count("pk", filter=_late_at(end)),
    ).filter(Q(n_opened__gt=0) | Q(n_closed__gt=0) | Q(n_open__gt=0))  # fmt: skip
    return list(rows.order_by("-n_opened", "-n_open", column))


def _row(found: dict[str, int], name: str) -> Row:
    return Row(name, found["n_opened"], found["n_closed"], found["n_open"], found["n_late"])


def recurring(week: Week, *, reader: User) -> list[Recurring]:
    """What came again and again in the four weeks up to the end of this one."""
    _begin, end = week.span
    since = end - timedelta(weeks=_RECURRING_WEEKS)
    rows = (
        seen(reader).filter(opened_at__gte=since, opened_at__lt=end, community__isnull=False)
        .exclude(state=State.MERGED).order_by().values("category_id", "community_id")
        .annotate(n=Count("pk"), latest=Max("opened_at")).filter(n__gte=_RECURS)
        .order_by("-n", "-latest")[:_MOST_RECURRING]
    )  # fmt: skip
    categories, areas = catalogue.category_refs(), places.area_refs()
    return [
        Recurring(name_of(categories[row["category_id"]]), name_of(areas[row["community_id"]]),
                  row["n"], row["latest"])
        for row in rows if row["community_id"] in areas
    ]  # fmt: skip


def good_examples(week: Week, *, reader: User, most: int = 2) -> Sequence[int]:
    """Cases closed in the week on the first try and soonest, with pictures before and after."""
    begin, end = week.span
    closed = seen(reader).filter(
        state=State.CLOSED, ended_at__gte=begin, ended_at__lt=end, reworks=0, returns=0,
        photos__kind="after", cover__isnull=False,
    )  # fmt: skip
    rows = closed.order_by(F("ended_at") - F("opened_at")).values_list("pk", flat=True)
    return list(dict.fromkeys(rows[: 4 * most]))[:most]


def bad_examples(week: Week, *, reader: User, most: int = 2) -> Sequence[int]:
    """Open cases that are late for longest."""
    _begin, end = week.span
    late = seen(reader).filter(_late_at(end)).order_by("due_at", "pk")
    return list(late.values_list("pk", flat=True)[:most])
