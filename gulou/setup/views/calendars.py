"""Working times, public holidays, and which unit keeps which calendar."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from gulou.calendars import operations, queries
from gulou.calendars.queries import CalendarRef
from gulou.calendars.states import (
    MANAGE,
    Source,
    days_as_text,
    days_from_text,
    seasons_as_text,
    seasons_from_text,
)
from gulou.cases.operations import preview_deadlines, recompute_deadlines
from gulou.cases.states import RECOMPUTE
from gulou.desk.shell import reader_of
from gulou.kit.words import name_of
from gulou.people import queries as people
from gulou.people.queries import today
from gulou.setup import calendar_forms as forms
from gulou.setup import frame
from gulou.setup.frame import Cell, Link, Nothing, Row, Table, form_page, saved
from gulou.ui.guards import needs
from gulou.ui.times import moment


def _back() -> Link:
    return Link(_("Calendars"), reverse("setup:calendars"))


@needs(MANAGE)
@require_GET
def calendars(request: HttpRequest) -> HttpResponse:
    """Every calendar, every known year, and the units that keep a calendar of their own."""
    return frame.edit_page(
        request, title=_("Calendars"), form=None, back=Link(_("Setup"), reverse("setup:home")),
        lead=_("What working hours and working days of a limit mean. A change is for what begins afterwards: clocks that run move when the office recomputes them under Open deadlines in Setup."),
        ended=queries.missing_words(reader_of(request)),
        links=[*frame.sheets_link("holidays"),
               Link(_("History"), reverse("setup:calendars_history"), "history")],
        tables=[
            Table(_("Working times"), [_("Called"), _("Days"), _("Hours"), _("Public holidays")],
                  [_row(one) for one in queries.all_calendars()],
                  Nothing(_("No calendar yet."), _("`gulou prepare` brings the first one.")),
                  add=Link(_("Add a calendar"), reverse("setup:calendar_new"))),
            Table(_("Years"), [_("Year"), _("Source"), _("Free days"), _("Days made up for")],
                  [_year_row(one) for one in queries.year_lines()],
                  Nothing(_("No year is known yet.")),
                  add=Link(_("Enter a year"), reverse("setup:year_new"))),
            Table(_("Units with a calendar of their own"), [_("Unit"), _("Calendar")],
                  _unit_rows(), Nothing(_("Every unit keeps the one for all.")),
                  words=_("What is below a unit keeps its calendar too."),
                  add=Link(_("Give a unit a calendar"), reverse("setup:give_calendar"))),
        ],
    )  # fmt: skip


def _row(one: CalendarRef) -> Row:
    badges = [Cell(_("For all units"), "underway", "check")] if one.is_default else []
    if not one.active:
        badges = [Cell(_("Retired"), "waiting", "archive")]
    return Row(
        title=name_of(one), url=reverse("setup:calendar", args=[one.id]), ended=not one.active,
        badges=badges,
        cells=[
            Cell(queries.week_words(sorted(one.times.week))),
            Cell("; ".join(seasons_as_text(one.times.seasons).splitlines())),
            Cell(_("free") if one.keeps_holidays else _("worked")),
        ],
    )  # fmt: skip


def _year_row(one: queries.YearLine) -> Row:
    return Row(
        title=str(one.ref.year), url=reverse("setup:year", args=[one.ref.year]),
        cells=[Cell(" · ".join(filter(None, (str(Source(one.ref.source).label), one.ref.edition)))),
               Cell(one.free, number=True), Cell(one.made_up, number=True)],
    )  # fmt: skip


def _unit_rows() -> list[Row]:
    units = people.unit_refs()
    return [
        Row(name_of(units[unit_id]), reverse("setup:give_calendar") + f"?unit={unit_id}",
            [Cell(name_of(one))])
        for one in queries.all_calendars() for unit_id in queries.units_of(one.id)
    ]  # fmt: skip


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest, calendar_id: int | None = None) -> HttpResponse:
    """One calendar, or a new one."""
    first: dict[str, Any] = {"week": list("01234"), "working_day": 480, "keeps_holidays": True,
                             "active": True, "seasons": "01-01 08:00-12:00 14:00-18:00"}  # fmt: skip
    title = _("Add a calendar")
    if calendar_id is not None:
        one = queries.calendar_with_id(calendar_id)
        title = name_of(one)
        first = {
            "name_zh": one.name_zh, "name_en": one.name_en, "week": [str(d) for d in one.times.week],
            "seasons": seasons_as_text(one.times.seasons), "is_default": one.is_default,
            "working_day": int(one.times.working_day.total_seconds() // 60),
            "keeps_holidays": one.keeps_holidays, "active": one.active,
        }  # fmt: skip
    form = forms.CalendarForm(request.POST or None, initial=first)

    def save(given: dict[str, Any]) -> HttpResponse:
        given["week"] = [int(day) for day in given["week"]]
        given["seasons"] = seasons_from_text(given["seasons"])
        operations.set_calendar(calendar_id, given, by=reader_of(request))
        return saved(request, "setup:calendars")

    return form_page(
        request, form, save, title=title, back=_back(),
        lead=_("For what begins from now on. What is under way keeps its deadline."),
    )  # fmt: skip


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def year(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """The days of one year that differ from the week."""
    known = queries.year(number) if number is not None else None
    if number is None:
        number = max([one.year for one in queries.known_years()], default=today().year - 1) + 1
    first = {"year": number, "days": days_as_text(known.days) if known else "",
             "edition": known.edition if known and known.source == Source.OFFICE else ""}  # fmt: skip
    form = forms.YearForm(request.POST or None, initial=first)

    def save(given: dict[str, Any]) -> HttpResponse:
        days = days_from_text(given["days"], year=given["year"])
        operations.set_year(given["year"], days, by=reader_of(request), edition=given["edition"])
        return saved(request, "setup:calendars")

    return form_page(
        request, form, save, title=_("Holidays of %(year)s") % {"year": number}, back=_back(),
        lead=_("What you enter here takes the place of what was announced for the whole year."),
    )  # fmt: skip


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def give(request: HttpRequest) -> HttpResponse:
    """Let a unit keep a calendar of its own, or that of the unit above again."""
    chosen = request.GET.get("unit", "")
    unit_id = int(chosen) if chosen.isdigit() and int(chosen) in people.unit_refs() else None
    own = next(
        (one.id for one in queries.all_calendars() if unit_id in queries.units_of(one.id)), ""
    )
    form = forms.GiveForm(request.POST or None, initial={"unit": unit_id, "calendar": own})

    def save(given: dict[str, Any]) -> HttpResponse:
        calendar_id = int(given["calendar"]) if given["calendar"] else None
        operations.give_calendar(int(given["unit"]), calendar_id, by=reader_of(request))
        return saved(request, "setup:calendars")

    return form_page(
        request, form, save, title=_("Give a unit a calendar"), back=_back(),
        lead=_("For what begins from now on. What is under way keeps its deadline."),
    )  # fmt: skip


@needs(RECOMPUTE)
@require_http_methods(["GET", "POST"])
def recompute(request: HttpRequest) -> HttpResponse:
    """Let the open clocks follow the calendars of today: what would move, then once asked."""
    reader = reader_of(request)
    home = Link(_("Setup"), reverse("setup:home"))
    if request.method == "POST":
        done = recompute_deadlines(by=reader)
        messages.success(
            request,
            ngettext("%(n)d deadline was set anew.", "%(n)d deadlines were set anew.", done.moved)
            % {"n": done.moved},
        )
        return redirect("setup:recompute")
    found = preview_deadlines(by=reader)
    units = people.unit_refs()
    rows = [
        Row(one.number, reverse("desk:record", args=[one.number]),
            [Cell(name_of(units[one.unit_id])),
             Cell(moment(one.before) if one.before else "–"), Cell(moment(one.after))])
        for one in found.examples
    ]  # fmt: skip
    return frame.edit_page(
        request, title=_("Open deadlines and the calendars"), back=home,
        form=Form() if found.moved else None, word=_("Set these deadlines anew"),
        lead=_("Deadlines that run do not move when a calendar changes. Here they are counted anew, if you decide so; each change stands on the record of its case."),
        facts=[
            (_("Open clocks looked at"), str(found.looked_at)),
            (_("Would be due later"), str(found.later)),
            (_("Would be due earlier"), str(found.earlier)),
            (_("Would be late"), str(found.newly_late)),
            (_("Would be late no more"), str(found.late_no_more)),
        ],
        tables=[Table(_("For example"), [_("Case"), _("Unit"), _("Due now"), _("Due then")], rows,
                      Nothing(_("No deadline would move.")))],
    )  # fmt: skip


@needs(MANAGE)
@require_GET
def calendars_history(request: HttpRequest) -> HttpResponse:
    """What happened to calendars."""
    return frame.history_page(
        request, title=_("History of the calendars"), changes=queries.history(), room="calendars",
        back=_back(),
    )  # fmt: skip
