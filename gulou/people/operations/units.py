"""The tree of units, and who leads them."""

from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from gulou.kit.errors import Conflict, Invalid, Refusal
from gulou.kit.words import clean
from gulou.outbox.record import record
from gulou.people import facts, managed, queries
from gulou.people.models import Duty, Leadership, Unit, UnitKind, User

from . import allow
from .earlier import keep_earlier

PATH_LENGTH = 200
CONTACTS = ("phone", "email", "address")


@transaction.atomic
@queries.units_changing()
def create_unit(
    *,
    kind: str,
    code: str,
    name_zh: str,
    name_en: str,
    parent: Unit | None,
    by: User | None,
    area_id: int | None = None,
    is_office: bool = False,
    phone: str = "",
    email: str = "",
    address: str = "",
) -> Unit:
    """A new unit below `parent` (None: at the top, which is the district office's to do)."""
    above = _locked(parent) if parent else None
    allow.manage(by, unit_ids=[above.pk] if above else [])
    code = allow.words(code, field="code", at_most=40)
    _check_new(code, kind=kind, parent=above, is_office=is_office)
    unit = Unit.objects.create(
        kind=kind,
        code=code,
        name_zh=allow.words(name_zh, field="name_zh", at_most=80),
        name_en=allow.words(name_en, field="name_en", at_most=120),
        parent=above,
        area_id=area_id,
        is_office=is_office,
        phone=clean(phone),
        email=clean(email),
        address=clean(address),
    )
    unit.path = f"{above.path if above else ''}{unit.pk}."
    _check_depth(len(unit.path))
    unit.save(update_fields=["path"])
    record(
        facts.UnitCreated(code=code, kind=kind, parent=str(above.uid) if above else ""),
        subject=unit,
        actor=allow.actor_of(by),
    )
    return unit


@transaction.atomic
def move_unit(unit: Unit, *, parent: Unit | None, by: User | None) -> Unit:
    """Hang a unit, with everything below it, under another one."""
    with allow.gaining_nothing(by), queries.units_changing():
        return _move(unit, parent=parent, by=by)


def _move(unit: Unit, *, parent: Unit | None, by: User | None) -> Unit:
    tree = {u.pk: u for u in Unit.objects.select_for_update().order_by("pk")}
    unit = tree[unit.pk]
    old = tree[unit.parent_id] if unit.parent_id else None
    new = tree[parent.pk] if parent else None
    allow.manage(by, unit_ids=[unit.pk])
    allow.manage(by, unit_ids=[new.pk] if new else [])
    check_move(unit, parent=new)
    _repath(unit, f"{new.path if new else ''}{unit.pk}.")
    unit.parent = new
    unit.save(update_fields=["parent"])
    record(
        facts.UnitMoved(
            old_parent=str(old.uid) if old else "", new_parent=str(new.uid) if new else ""
        ),
        subject=unit,
        actor=allow.actor_of(by),
    )
    return unit


def check_move(unit: Unit, *, parent: Unit | None) -> None:
    """Raise a Refusal where a unit cannot belong to `parent`: asked again when it is moved."""
    if parent and parent.path.startswith(unit.path):
        raise Refusal(
            "unit.under_itself",
            _("A unit cannot belong to itself or to a unit below it. Choose another."),
            field="parent",
        )
    _check_in_use(parent)


@transaction.atomic
@queries.units_changing()
def rename_unit(unit: Unit, *, name_zh: str, name_en: str, by: User | None) -> Unit:
    """Give a unit its new name; the old one stays in the record."""
    unit = _locked(unit)
    allow.manage(by, unit_ids=[unit.pk])
    before = unit.name_zh, unit.name_en
    unit.name_zh = allow.words(name_zh, field="name_zh", at_most=80)
    unit.name_en = allow.words(name_en, field="name_en", at_most=120)
    unit.save(update_fields=["name_zh", "name_en"])
    fact = facts.UnitRenamed(
        name_zh=unit.name_zh,
        name_en=unit.name_en,
        name_zh_before=before[0],
        name_en_before=before[1],
    )
    record(fact, subject=unit, actor=allow.actor_of(by))
    return unit


@transaction.atomic
@queries.units_changing()
def describe_unit(
    unit: Unit,
    *,
    by: User | None,
    area_id: int | None = None,
    phone: str = "",
    email: str = "",
    address: str = "",
) -> Unit:
    """The area a unit looks after and how to reach it; what is left empty stays."""
    return set_description(
        unit,
        by=by,
        area_id=area_id or unit.area_id,
        phone=clean(phone) or unit.phone,
        email=clean(email) or unit.email,
        address=clean(address) or unit.address,
    )


@transaction.atomic
@queries.units_changing()
def set_description(
    unit: Unit, *, by: User | None, area_id: int | None, phone: str, email: str, address: str
) -> Unit:
    """The area a unit looks after and how to reach it, as given: what is empty becomes empty."""
    unit = _locked(unit)
    allow.manage(by, unit_ids=[unit.pk])
    before = {name: getattr(unit, name) for name in CONTACTS}
    area_before = unit.area_id
    unit.area_id = area_id
    unit.phone, unit.email, unit.address = clean(phone), clean(email), clean(address)
    _check_fields(unit)
    unit.save(update_fields=["area_id", *CONTACTS])
    fact = facts.UnitDescribed(area_id=unit.area_id, area_id_before=area_before)
    event = record(fact, subject=unit, actor=allow.actor_of(by))
    keep_earlier(event, before, {name: getattr(unit, name) for name in CONTACTS})
    return unit


@transaction.atomic
@queries.units_changing()
def dissolve_unit(unit: Unit, *, by: User | None) -> Unit:
    """Take a unit out of use. Its past stays; what needs it leaves it first."""
    unit = _locked(unit)
    allow.manage(by, unit_ids=[unit.pk])
    _check_in_use(unit)
    _check_unused(unit)
    unit.active = False
    unit.save(update_fields=["active"])
    record(facts.UnitDissolved(), subject=unit, actor=allow.actor_of(by))
    return unit


@transaction.atomic
def hand_over_and_dissolve(unit: Unit, *, by: User | None) -> list[queries.Use]:
    """Take a unit out of use. What waits with it goes to the unit above, on record, where that is in
    use and the person manages it too; what went. Where nobody acts nothing is handed over."""
    heir = managed.heir_of(unit, reader=by) if by else None
    carried = [use for use in queries.uses_of_unit(unit.pk) if use.goes] if heir else []
    if carried:
        import_string(settings.UNIT_HAND_OVER)(unit, to=heir, by=by)
    dissolve_unit(unit, by=by)
    return carried


@transaction.atomic
@queries.units_changing()
def reinstate_unit(unit: Unit, *, by: User | None) -> Unit:
    """Put a dissolved unit to use again, where it stood."""
    unit = _locked(unit)
    allow.manage(by, unit_ids=[unit.pk])
    if unit.active:
        raise Refusal("unit.in_use", _("This unit is in use."))
    _check_in_use(unit.parent)
    unit.active = True
    unit.save(update_fields=["active"])
    record(facts.UnitReinstated(), subject=unit, actor=allow.actor_of(by))
    return unit


@transaction.atomic
def set_leader(
    unit: Unit,
    *,
    duty: str,
    name: str,
    by: User | None,
    phone: str = "",
    user: User | None = None,
    since: date | None = None,
) -> Leadership:
    """Name the head, the deputy in charge or the liaison; who was it before ends the day before."""
    unit = _locked(unit)
    allow.manage(by, unit_ids=[unit.pk])
    _check_in_use(unit)
    if duty not in Duty.values:
        raise Invalid("unit.duty_unknown", _("Choose a duty from the list."), field="duty")
    day = since or queries.today()
    last = _end_before(unit, duty, day)
    leader = Leadership.objects.create(
        unit=unit,
        duty=duty,
        name=allow.words(name, field="name", at_most=80),
        phone=clean(phone),
        user=user,
        since=day,
    )
    fact = facts.LeaderSet(leadership_id=leader.pk, duty=duty, since=day.isoformat())
    event = record(fact, subject=unit, actor=allow.actor_of(by))
    keep_earlier(event, {"name": last.name if last else ""}, {"name": leader.name})
    return leader


@transaction.atomic
def end_leader(leader: Leadership, *, by: User | None, until: date | None = None) -> Leadership:
    """Let a head, deputy or liaison hold the duty until a day (today)."""
    unit = _locked(leader.unit)
    allow.manage(by, unit_ids=[unit.pk])
    day = until or queries.today()
    if leader.until and leader.until <= day:
        raise Refusal("posting.ended_already", _("This ends on %(day)s.") % {"day": leader.until})
    if day < leader.since:
        raise Invalid(
            "posting.ends_before", _("The last day lies before the first one."), field="until"
        )
    leader.until = day
    leader.save(update_fields=["until"])
    fact = facts.LeaderEnded(leadership_id=leader.pk, duty=leader.duty, until=day.isoformat())
    record(fact, subject=unit, actor=allow.actor_of(by))
    return leader


@transaction.atomic
def withdraw_leader(leader: Leadership, *, by: User | None) -> None:
    """Undo the naming of a leader: who held the duty until the day before holds it again."""
    unit = _locked(leader.unit)
    allow.manage(by, unit_ids=[unit.pk])
    same = Leadership.objects.filter(unit=unit, duty=leader.duty)
    if same.filter(since__gt=leader.since).exists():
        raise Conflict("undo.newer", _("Somebody else was named since. Take that back first."))
    fact = facts.LeaderWithdrawn(leadership_id=leader.pk, duty=leader.duty)
    last_day = leader.since - timedelta(days=1)
    leader.delete()
    same.filter(until=last_day).update(until=None)
    record(fact, subject=unit, actor=allow.actor_of(by))


def _locked(unit: Unit) -> Unit:
    return Unit.objects.select_for_update().get(pk=unit.pk)


def _check_new(code: str, *, kind: str, parent: Unit | None, is_office: bool) -> None:
    if kind not in UnitKind.values:
        raise Invalid("unit.kind_unknown", _("Choose a kind from the list."), field="kind")
    if Unit.objects.filter(code=code).exists():
        raise Conflict("unit.code_taken", _("Another unit has this code."), field="code")
    if is_office and Unit.objects.filter(is_office=True).exists():
        raise Conflict("unit.office_taken", _("There is a district office already."))
    _check_in_use(parent)


def _check_in_use(unit: Unit | None) -> None:
    if unit and not unit.active:
        raise Refusal("unit.dissolved", _("This unit has been dissolved. Choose another."))


def _check_unused(unit: Unit) -> None:
    """Nothing of the house needs it: units, people, open cases, rules."""
    if unit.is_office:
        raise Refusal(
            "unit.is_office",
            _("The district office cannot be dissolved: cases without a unit belong to it."),
        )
    uses = queries.uses_of_unit(unit.pk)
    if uses:
        raise Refusal(uses[0].code, " ".join(str(use.words) for use in uses))


def _check_fields(unit: Unit) -> None:
    try:
        unit.clean_fields(exclude=["path", "head_digest"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Invalid("unit.invalid", messages[0], field=field) from error


def _check_depth(length: int) -> None:
    if length > PATH_LENGTH:
        raise Refusal("unit.too_deep", _("The tree of units would become too deep."))


def _repath(unit: Unit, path: str) -> None:
    below = Unit.objects.filter(path__startswith=unit.path)
    longest = max(len(u.path) for u in below)
    _check_depth(longest - len(unit.path) + len(path))
    rest = Substr(F("path"), len(unit.path) + 1)
    below.update(path=Concat(Value(path), rest))
    unit.path = path


def _end_before(unit: Unit, duty: str, day: date) -> Leadership | None:
    """Let who holds the duty hold it until the day before; who that is."""
    last = Leadership.objects.filter(unit=unit, duty=duty).order_by("-since").first()
    if last is None:
        return None
    if last.since >= day:
        raise Refusal(
            "unit.leader_since_later",
            _("Somebody holds this duty from %(day)s on. Choose a later day.")
            % {"day": last.since},
            field="since",
        )
    if last.until is None or last.until >= day:
        last.until = day - timedelta(days=1)
        last.save(update_fields=["until"])
        return last
    return None
