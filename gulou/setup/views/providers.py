"""The providers through which people are told: what each needs to know, whether it works."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gulou.desk.shell import reader_of
from gulou.kit import clock
from gulou.providers import history, operations, queries
from gulou.providers.queries import MANAGE, ProviderSeen, Setting
from gulou.setup import frame
from gulou.setup.catalogue_forms import Plain
from gulou.setup.frame import Act, Cell, Link, Nothing, Row
from gulou.ui.guards import needs
from gulou.ui.times import day_and_hour


class ProviderForm(Plain):
    """What one provider is told. A secret is never shown again."""

    def __init__(self, data: Any = None, *, known: ProviderSeen) -> None:
        super().__init__(data, initial=dict(known.settings))
        for one in queries.settings_of(known.code):
            self.fields[one.name] = _field(one, known)


def _field(one: Setting, known: ProviderSeen) -> forms.Field:
    told: dict[str, Any] = {"label": one.label, "help_text": one.hint, "required": one.needed}
    if one.secret:
        there = one.name in known.secrets and not known.unreadable
        told["required"] = one.needed and not there
        hint = _("Left empty, what is known stays.") if there else ""
        told["help_text"] = " ".join(str(said) for said in (hint, one.hint) if said)
        off = {"autocomplete": "off", "spellcheck": "false"}
        return forms.CharField(
            **told, max_length=one.most, widget=forms.PasswordInput(attrs={**off, "autocomplete": "new-password"})
        )  # fmt: skip
    if one.kind == "flag":
        return forms.BooleanField(**{**told, "required": False})
    if one.kind == "number":
        return forms.IntegerField(**told, min_value=one.least, max_value=one.most)
    if one.kind == "many":
        return forms.MultipleChoiceField(
            **told, choices=one.choices, widget=forms.CheckboxSelectMultiple
        )
    if one.kind == "choice":
        return forms.ChoiceField(**told, choices=one.choices)
    if one.kind == "clock":
        return forms.TimeField(
            **told, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        )
    if one.lines:
        area = forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})
        return forms.CharField(**told, max_length=one.most, widget=area)
    return forms.CharField(
        **told, max_length=one.most, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


_TO = {
    queries.Code.SMS: gettext_lazy("Mobile number"),
    queries.Code.WECOM: gettext_lazy("WeCom user id"),
}


class TrialForm(Plain):
    """To whom a trial message goes."""

    to = forms.CharField(
        max_length=64, help_text=gettext_lazy("Your own, for example. It is not kept."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, code: str, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        if queries.Code(code) in _TO:
            self.fields["to"].label = _TO[queries.Code(code)]
        else:
            # Nobody is written to: the keys are tried.
            del self.fields["to"]


def _back() -> Link:
    return Link(_("Providers"), reverse("setup:providers"))


def _state(one: ProviderSeen) -> Cell:
    if not one.set_up:
        return Cell(_("Not set up"))
    if not one.in_use:
        return Cell(_("Not in use"), "waiting", "archive")
    if one.unreadable or one.error:
        return Cell(one.error or _("Secrets cannot be read"), "late", "alert-triangle")
    if one.waiting:
        return Cell(_("%(n)d waiting") % {"n": one.waiting}, "waiting", "hourglass")
    return Cell(_("In use"), "done", "check")


@needs(MANAGE)
@require_GET
def providers(request: HttpRequest) -> HttpResponse:
    """Every provider, and how it does."""
    rows = [
        Row(one.label, reverse("setup:provider", args=[one.code]),
            cells=[_state(one), Cell(one.waiting), Cell(one.failed)])
        for one in queries.all_providers(reader_of(request))
    ]  # fmt: skip
    return frame.list_page(
        request, title=_("Providers"), rows=rows,
        lead=_("Through them residents and staff are told outside of these pages. Each is off until it is set up, and has a line of its own: one that is dead holds up no other."),
        columns=[_("Provider"), _("State"), _("Waiting"), _("Given up for now")],
        nothing=Nothing(_("Nothing here")),
    )  # fmt: skip


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def provider(request: HttpRequest, code: str) -> HttpResponse:
    """One provider: what it is told, using it, trying it."""
    found = queries.provider_seen(reader_of(request), code)
    form = ProviderForm(request.POST or None, known=found)

    def save(given: dict[str, Any]) -> HttpResponse:
        told = {
            name: f"{value:%H:%M}" if hasattr(value, "hour") else value
            for name, value in given.items()
        }
        operations.set_provider(code, told, by=reader_of(request))
        messages.success(request, _("Saved. Secrets are kept encrypted and never shown again."))
        return redirect("setup:provider", code=code)

    acts = []
    if found.in_use and found.settings.get("kind") != "subscription":
        acts.append(
            Act(_("Send a trial message"), reverse("setup:provider_try", args=[code]), "send")
        )
    if found.set_up:
        acts.append(
            Act(_("Take out of use"), reverse("setup:provider_switch", args=[code]), "archive",
                posts=True, danger=True, hint=_("What it still owes is not told later."))
            if found.in_use else
            Act(_("Put to use"), reverse("setup:provider_switch", args=[code]), "check",
                posts=True)
        )  # fmt: skip
    return frame.form_page(
        request, form, save, title=found.label, back=_back(), acts=acts, facts=_facts(found),
        links=[Link(_("History"), reverse("setup:provider_history", args=[code]), "history")],
        ended="" if found.in_use or not found.set_up else _("This provider is not in use."),
    )  # fmt: skip


def _facts(found: ProviderSeen) -> list[tuple[Any, Any]]:
    facts: list[tuple[Any, Any]] = []
    if found.code == queries.Code.ACCOUNT:
        address = f"{settings.GULOU.public_url}{reverse('portal:wechat')}"
        facts.append((_("Server address (URL) for WeChat"), address))
        if found.following:
            facts.append((_("Who follow a report"), found.following))
    if found.unreadable:
        facts.append((_("Secrets"), _("They cannot be read with this data key: enter them again.")))
    if found.error:
        facts.append((_("Last fault"), found.error))
    if found.last is not None:
        words = found.last.get_what_display()
        moment = day_and_hour(found.last.sent_at or found.last.at, now=clock.now())
        facts.append(
            (_("Last message"), " · ".join(x for x in (words, moment, found.last_words) if x))
        )
    if found.silenced:
        facts.append((_("Numbers that want no SMS"), found.silenced))
    return facts


@needs(MANAGE)
@require_POST
def switch(request: HttpRequest, code: str) -> HttpResponse:
    """Use it, or use it no more."""
    operations.switch_provider(code, by=reader_of(request))
    return frame.saved(request, "setup:provider", code=code)


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def try_it(request: HttpRequest, code: str) -> HttpResponse:
    """A trial message to a number of one's own choice."""
    found = queries.provider_seen(reader_of(request), code)
    me = reader_of(request)
    own = {queries.Code.SMS: me.phone, queries.Code.WECOM: me.wecom_userid}
    first = {"to": own.get(queries.Code(code), "")}
    form = TrialForm(request.POST or None, code=code, initial=first)

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.try_provider(code, given.get("to", ""), by=reader_of(request))
        messages.success(
            request, _("The trial message is on its way. Reload in a moment to see how it went.")
        )
        return redirect("setup:provider", code=code)

    return frame.form_page(
        request, form, save, title=_("Trial message: %(name)s") % {"name": found.label},
        word=_("Send a trial message") if form.fields else _("Try the keys"),
        lead="" if form.fields else _("Nobody is written to: we ask for a token, which shows whether the keys are right."),
        back=Link(found.label, reverse("setup:provider", args=[code])),
    )  # fmt: skip


@needs(MANAGE)
@require_GET
def provider_history(request: HttpRequest, code: str) -> HttpResponse:
    """What happened to a provider."""
    found = queries.provider_seen(reader_of(request), code)
    return frame.history_page(
        request, title=_("History: %(name)s") % {"name": found.label}, room="providers",
        changes=history.provider_history(reader_of(request), code),
        back=Link(found.label, reverse("setup:provider", args=[code])),
    )  # fmt: skip
