"""The robots of WeCom groups: whose cases each tells, and where it speaks."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gulou.catalogue import queries as catalogue
from gulou.desk.shell import reader_of
from gulou.kit.words import name_of
from gulou.notices import history, operations, queries
from gulou.notices.queries import CHOICES, MANAGE, Form, RobotSeen
from gulou.places import queries as places
from gulou.setup import frame
from gulou.setup.catalogue_forms import Plain
from gulou.setup.forms import NO_BREAK
from gulou.setup.frame import Act, Cell, Link, Nothing, Row
from gulou.ui.guards import needs


class RobotForm(Plain):
    """One robot. Its address is never shown again."""

    name = forms.CharField(
        label=gettext_lazy("Name of the group"), max_length=60,
        help_text=gettext_lazy("As the group is called, so that everybody knows which one it is."),
    )  # fmt: skip
    address = forms.CharField(
        label=gettext_lazy("Webhook address"), max_length=300, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    street_id = forms.TypedChoiceField(
        label=gettext_lazy("Cases of"), coerce=int, required=False, empty_value=None
    )
    category_id = forms.TypedChoiceField(
        label=gettext_lazy("Of the kind"), coerce=int, required=False, empty_value=None
    )
    tells = forms.MultipleChoiceField(
        label=gettext_lazy("What it tells"), choices=CHOICES, widget=forms.CheckboxSelectMultiple
    )
    form = forms.ChoiceField(
        label=gettext_lazy("Form of a message"), choices=Form.choices, widget=forms.RadioSelect
    )
    with_photo = forms.BooleanField(
        label=gettext_lazy("Send a picture along"), required=False,
        help_text=gettext_lazy("With faces and vehicle plates covered; a case waits up to three minutes for that."),
    )  # fmt: skip

    def __init__(
        self, data: Any = None, *, initial: dict[str, Any], known: RobotSeen | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        street, kind = (self.fields[name] for name in ("street_id", "category_id"))
        assert isinstance(street, forms.ChoiceField)  # noqa: S101 our own form
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101 our own form
        areas = [one for one in places.area_refs().values() if one.level == "street"]
        street.choices = [("", _("the whole district")), *((one.id, name_of(one)) for one in areas)]
        kinds = [
            (one.id, NO_BREAK * depth + name_of(one))
            for above, below in catalogue.categories_by_class()
            for depth, one in [(0, above), *((1, one) for one in below)]
        ]
        kind.choices = [("", _("every kind")), *kinds]
        if known is not None:
            # What is retired, or of another edition, stays until somebody chooses anew.
            _keep(street, known.street_id, known.street)
            _keep(kind, known.category_id, known.category)
        hint = _("In the group: settings, robots, the robot, “Webhook”. Whoever has it writes to the group, so it is kept encrypted and never shown again.")  # fmt: skip
        self.fields["address"].required = known is None
        self.fields["address"].help_text = (
            _("Left empty, the known one stays.") + " " + hint if known else hint
        )


def _keep(field: forms.ChoiceField, value: int | None, name: str) -> None:
    choices: list[Any] = list(field.choices)  # type: ignore[arg-type]  # set as a list above
    if value is not None and value not in [one for one, _words in choices]:
        field.choices = [*choices, (value, name)]


def _back() -> Link:
    return Link(_("Group robots"), reverse("setup:robots"))


def _state(one: RobotSeen) -> Cell:
    if one.failed:
        return Cell(_("%(n)d set aside") % {"n": one.failed}, "late", "alert-triangle")
    if one.waiting:
        return Cell(_("%(n)d waiting") % {"n": one.waiting}, "waiting", "hourglass")
    return Cell(_("All sent"), "done", "check") if one.last else Cell(_("Nothing sent yet"))


@needs(MANAGE)
@require_GET
def robots(request: HttpRequest) -> HttpResponse:
    """Every robot, and how it does."""
    rows = [
        Row(one.name, reverse("setup:robot", args=[one.uid]), ended=one.retired,
            badges=[Cell(_("Not in use"), "waiting", "archive")] if one.retired else [],
            cells=[Cell(one.street or _("the whole district")), Cell(one.category or _("every kind")),
                   Cell(one.tells_words), _state(one)])
        for one in queries.all_robots(reader_of(request))
    ]  # fmt: skip
    return frame.list_page(
        request, title=_("Group robots"), rows=rows,
        lead=_("A robot tells its WeCom group of cases: the kind, the place from our registers, the deadline, a link to sign in. Never who reported, nor their words."),
        columns=[_("Group"), _("Cases of"), _("Of the kind"), _("What it tells"), _("State")],
        nothing=Nothing(_("No robot yet"), _("In a WeCom group choose settings, robots, add; then enter its address here.")),
        add=Link(_("Add a robot"), reverse("setup:new_robot")),
        links=[Link(_("History"), reverse("setup:robots_history"), "history")],
    )  # fmt: skip


@needs(MANAGE)
@require_GET
def robots_history(request: HttpRequest) -> HttpResponse:
    """What happened to the robots."""
    return frame.history_page(
        request, title=_("History of the group robots"), room="notices", back=_back(),
        changes=history.robot_history(reader_of(request)),
    )  # fmt: skip


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def new_robot(request: HttpRequest) -> HttpResponse:
    """A further robot."""
    first = {"tells": ["opened", "urged"], "form": "card", "with_photo": True}
    form = RobotForm(request.POST or None, initial=first)

    def save(given: dict[str, Any]) -> HttpResponse:
        made = operations.set_robot(None, given, by=reader_of(request))
        messages.success(request, _("Saved. Send a trial message to see it work."))
        return redirect("setup:robot", uid=made.uid)

    return frame.form_page(request, form, save, title=_("Add a robot"), word=_("Add"), back=_back())


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def robot(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One robot: changing it, trying it, taking it out of use."""
    found = queries.robot_seen(reader_of(request), uid)
    first = {name: getattr(found, name) for name in ("name", "street_id", "category_id", "tells",
                                                     "form", "with_photo")}  # fmt: skip
    form = None if found.retired else RobotForm(request.POST or None, initial=first, known=found)

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.set_robot(queries.robot_of(uid), given, by=reader_of(request))
        return frame.saved(request, "setup:robot", uid=uid)

    acts = [
        Act(_("Send a trial message"), reverse("setup:robot_try", args=[uid]), "send", posts=True,
            hint=_("The group reads that it works.")),
    ]  # fmt: skip
    switch = Act(_("Take out of use"), reverse("setup:robot_switch", args=[uid]), "archive",
                 posts=True, danger=True, hint=_("What it still owes is not told later."))  # fmt: skip
    if found.retired:
        acts = []
        switch = Act(_("Bring back"), reverse("setup:robot_switch", args=[uid]), "arrow-back-up",
                     posts=True)  # fmt: skip
    return frame.form_page(
        request, form, save, title=found.name, back=_back(), acts=[*acts, switch],
        facts=_facts(found), ended=_("This robot is not in use.") if found.retired else "",
    )  # fmt: skip


def _facts(found: RobotSeen) -> list[tuple[Any, Any]]:
    last = found.last
    if last is None:
        return [(_("Last message"), _("Nothing sent yet"))]
    words = f"{last.what} {last.case} · {last.progress.label}"
    return [(_("Last message"), f"{words} · {last.error}" if last.error else words)]


@needs(MANAGE)
@require_POST
def switch(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a robot out of use, or bring it back."""
    operations.switch_robot(queries.robot_of(uid), by=reader_of(request))
    messages.success(request, _("Saved."))
    return redirect("setup:robot", uid=uid)


@needs(MANAGE)
@require_POST
def try_it(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Let it say that it works."""
    operations.try_robot(queries.robot_of(uid), by=reader_of(request))
    messages.success(
        request, _("The trial message is on its way. Reload in a moment to see how it went.")
    )
    return redirect("setup:robot", uid=uid)
