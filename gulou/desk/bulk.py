"""One move on many cases: each by its ordinary operation, in a transaction of its own.

What was done, what was refused and what somebody changed meanwhile is told case by case. What was
not done stays selected, with everything that was typed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from gulou.cases import operations, queries, states
from gulou.cases.queries import PhotoSeen
from gulou.cases.routing import routing_of
from gulou.cases.states import Move
from gulou.catalogue import queries as catalogue
from gulou.desk import choices
from gulou.desk.filters import asked
from gulou.kit.errors import NotFound, Refusal
from gulou.kit.words import name_of
from gulou.people import access
from gulou.people import queries as people
from gulou.places import queries as places

if TYPE_CHECKING:
    from gulou.cases.models import Case
    from gulou.people.models import User

MOST = 500
"""How many cases one may move at a time."""
MOST_PICTURED = 60
"""How many one may look at with all their pictures."""


@dataclass
class One:
    """One of the cases, as the page of a bulk shows it. `value` brings it along in the form."""

    case: "Case"
    version: int
    proposal: int | None = None
    why: str = ""
    photos: Sequence[PhotoSeen] = ()
    # How it went: "" not tried, "done", "refused", "changed".
    outcome: str = ""
    reason: Any = ""

    @property
    def value(self) -> str:
        """Number and version, as the list's boxes have them."""
        return f"{self.case.number}:{self.version}"

    @property
    def category(self) -> str:
        """What it is about."""
        found = catalogue.category_refs().get(self.case.category_id)
        return name_of(found) if found else ""

    @property
    def place(self) -> str:
        """Where it is."""
        areas = places.area_refs()
        chain = (self.case.community_id, self.case.street_id)
        named = next((areas[pk] for pk in chain if pk is not None and pk in areas), None)
        return self.case.address or (name_of(named) if named else "")

    @property
    def unit(self) -> str:
        """Who answers for it now."""
        refs = people.unit_refs()
        return name_of(refs[self.case.unit_id]) if self.case.unit_id in refs else ""

    @property
    def proposed(self) -> str:
        """The unit that the rules name, "" where they name none."""
        refs = people.unit_refs()
        known = self.proposal is not None and self.proposal in refs
        return name_of(refs[self.proposal or 0]) if known else ""


@dataclass(frozen=True)
class Bulk:
    """One move that can be made on many cases."""

    move: Move
    sign: str
    key: str
    form: type[forms.Form]
    run: Callable[["User", One, Mapping[str, Any]], "Case"]
    prepare: Callable[["User", One], None] = lambda by, one: None
    most: int = MOST
    danger: bool = False

    @property
    def name(self) -> str:
        """As in its address."""
        return self.move.name


def _words(label: Any, *, required: bool = False) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 2, "maxlength": 2000})
    return forms.CharField(label=label, required=required, widget=widget)


class DispatchForm(forms.Form):
    """As the rules propose for each, or one unit for all."""

    how = forms.ChoiceField(
        label=_("To whom"), widget=forms.RadioSelect(), initial="proposed",
        choices=[("proposed", _("As proposed for each")), ("one", _("One unit for all"))],
    )  # fmt: skip
    unit = forms.TypedChoiceField(label=_("Unit"), coerce=int, empty_value=None, required=False)
    words = _words(_("Words for the units"))

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **{"label_suffix": "", **more})
        offered = [("", str(_("Choose a unit"))), *choices.units()]
        self.fields["unit"].choices = offered  # type: ignore[attr-defined]  # a field of choices

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("how") == "one" and given.get("unit") is None and "unit" not in self.errors:
            self.add_error("unit", _("Choose the unit for all of them."))
        return given


class DeclineForm(forms.Form):
    """One reason for all."""

    reason = forms.TypedChoiceField(
        label=_("Reason"), coerce=int, empty_value=None, widget=forms.RadioSelect()
    )
    words = _words(_("Words for the record"))

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **{"label_suffix": "", **more})
        self.fields["reason"].choices = choices.reasons("decline")  # type: ignore[attr-defined]  # as above


class NoteForm(forms.Form):
    """The same note on each."""

    words = _words(_("Note"), required=True)

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **{"label_suffix": "", **more})


class ReleaseForm(forms.Form):
    """Which pictures everybody may see; the template draws them case by case."""

    public = forms.TypedMultipleChoiceField(
        label=_("Pictures"), coerce=UUID, required=False, widget=forms.CheckboxSelectMultiple()
    )

    def __init__(self, *given: Any, photos: Sequence[PhotoSeen] = (), **more: Any) -> None:
        super().__init__(*given, **{"label_suffix": "", **more})
        self.fields["public"].choices = [(str(p.uid), "") for p in photos]  # type: ignore[attr-defined]  # as above
        self.initial.setdefault("public", [str(p.uid) for p in photos if p.released])


def _propose(by: "User", one: One) -> None:
    routing = routing_of(one.case)
    one.proposal = routing.unit_id
    one.why = " · ".join(str(why) for why in routing.why if why.decides)


def _show(by: "User", one: One) -> None:
    one.photos = queries.photos_of(one.case)


def _dispatch(by: "User", one: One, given: Mapping[str, Any]) -> "Case":
    unit_id = given["unit"] if given["how"] == "one" else one.proposal
    if unit_id is None:
        raise Refusal("bulk.no_proposal", _("No rule names a unit. Dispatch it by itself."))
    helpers = routing_of(one.case).assisting_ids if given["how"] == "proposed" else ()
    return operations.dispatch_case(
        one.case, by=by, unit_id=unit_id, assisting=helpers, words=given["words"],
        seen=one.version,
    )  # fmt: skip


def _decline(by: "User", one: One, given: Mapping[str, Any]) -> "Case":
    return operations.decline_case(
        one.case, by=by, reason_id=given["reason"], words=given["words"], seen=one.version
    )


def _note(by: "User", one: One, given: Mapping[str, Any]) -> "Case":
    return operations.note_case(one.case, by=by, words=given["words"], seen=one.version)


def _release(by: "User", one: One, given: Mapping[str, Any]) -> "Case":
    own = {photo.uid for photo in one.photos}
    uids = [uid for uid in given["public"] if uid in own]
    return operations.release_photos(one.case, by=by, uids=uids, seen=one.version)


# fmt: off
_BULKS = (
    Bulk(states.DISPATCH, "send", "d", DispatchForm, _dispatch, prepare=_propose),
    Bulk(states.DECLINE, "circle-x", "z", DeclineForm, _decline, danger=True),
    Bulk(states.RELEASE, "world", "l", ReleaseForm, _release, prepare=_show, most=MOST_PICTURED),
    Bulk(states.NOTE, "note", "t", NoteForm, _note),
)
# fmt: on


def bulk_of(name: str) -> Bulk:
    """The bulk of this name. Raises NotFound."""
    found = next((one for one in _BULKS if one.name == name), None)
    if found is None:
        raise NotFound("desk.no_such_move", _("There is no such move."))
    return found


def offered(user: "User") -> list[Bulk]:
    """What this person may do to many cases: the moves that some posting of theirs holds."""
    reach = access.reach_of(user)
    return [one for one in _BULKS if reach.unit_ids_where(one.move.verb)]


@dataclass(frozen=True)
class Selected:
    """The cases that were chosen; how many more there were than one may move at a time."""

    ones: list[One]
    beyond: bool = False
    numbers: list[str] = field(default_factory=list)


def selected(user: "User", data: QueryDict, *, most: int = MOST, moved: bool = False) -> Selected:
    """The boxes that were ticked, or with `whole` the list that they stand in, at most so many.

    What the person does not see is left out in silence: they were never shown it. `moved`: also
    of what they have just moved, which they may not see any more.
    """
    if data.get("whole") == "1":
        ask = asked(data)
        found = queries.first_of(user, ask.filters, most=most + 1, sort=ask.sort)
    else:
        found = [one for text in data.getlist("case") if (one := _named(text))]
    versions = dict(found[: most + 1])
    numbers = list(versions)[:most]
    known = [queries.cases_seen_by(user), *([queries.cases_moved_by(user)] if moved else [])]
    seen = {case.number: case for some in known for case in some.filter(number__in=numbers)}
    ones = [One(seen[number], versions[number]) for number in numbers if number in seen]
    return Selected(ones, beyond=len(versions) > most, numbers=numbers)


def _named(text: str) -> tuple[str, int] | None:
    number, _colon, version = text.partition(":")
    known = version.isascii() and version.isdigit() and len(version) < 10
    return (
        (number, int(version)) if known and 0 < len(number) <= 24 and "\x00" not in number else None
    )


def run(bulk: Bulk, ones: Sequence[One], given: Mapping[str, Any], *, by: "User") -> None:
    """Make the move on each; each tells how it went. One that is refused stops no other."""
    for one in ones:
        _try(one, lambda one=one: bulk.run(by, one, given))  # type: ignore[misc]  # bound now


def undo(ones: Sequence[One], *, by: "User") -> None:
    """Take back the last move on each."""
    for one in ones:
        _try(one, lambda one=one: operations.undo_move(one.case, by=by, seen=one.version))  # type: ignore[misc]  # bound now


def _try(one: One, act: Callable[[], "Case"]) -> None:
    try:
        one.case = act()
        one.version, one.outcome = one.case.version, "done"
    except Refusal as refusal:
        # The result of one case is told beside the others; the page itself is not refused.
        one.case.refresh_from_db()
        changed = refusal.code == "case.changed_meanwhile"
        one.version, one.outcome = one.case.version, "changed" if changed else "refused"
        one.reason = refusal.message
