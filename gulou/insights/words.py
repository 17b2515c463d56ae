"""Findings in words: what stands out, and what that rests on. In the present language."""

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gulou.catalogue import queries as catalogue
from gulou.kit.words import in_language, name_of
from gulou.people import queries as people
from gulou.places import queries as places

from .queries import PER, AreaLine, Finding, Picture, RateLine, Restless, Spot, place_of
from .states import About, Measure

DEFINITIONS: dict[str, Any] = {
    "areas": gettext_lazy("Compared are the cases opened in each street and community, whoever saw the problem, with what its number of people would bring at the district's rate, or at that of its neighbours where that is lower. Named is what is at most half of that and hardly chance; communities of a named street are not named again. Areas of which it is not known how many live there are only listed."),
    "late": gettext_lazy("Of the stretches of handling that ended in the period and had a limit: the share that ended after it. What an upheld appeal has excused is left out; a part that was handed down counts for the unit that had it."),
    "rework": gettext_lazy("Of the rechecks that ended in the period: the share that failed, by the unit that answers for the case."),
    "recurrence": gettext_lazy("Of the cases closed in the period: the share of which a person has confirmed by now that the problem came back."),
    "rates": gettext_lazy("Named is what is above the district's rate by more than chance, corrected for how many were compared. Persons are never compared."),
    "spots": gettext_lazy("Cases of one kind that lie so close to each other that chance does not explain it. Merged cases and those that were not filed do not count. Kinds at one place are told together."),
    "restless": gettext_lazy("Cases that were given back, passed from unit to unit, granted more time, suspended or reopened most often in the period."),
}  # fmt: skip
_TURNS = {
    "returned": gettext_lazy("given back %(n)s times"),
    "passed_on": gettext_lazy("passed on %(n)s times"),
    "extended": gettext_lazy("more time %(n)s times"),
    "suspended": gettext_lazy("suspended %(n)s times"),
    "reopened": gettext_lazy("reopened %(n)s times"),
}


def name_of_finding(found: Finding) -> str:
    """What it is about: an area, a unit, a category, a place, a case."""
    match found:
        case AreaLine():
            areas = places.area_refs()
            if found.area_id not in areas:
                return "–"
            above = _area(areas[found.area_id].parent_id) if found.level != "street" else ""
            return " · ".join(x for x in (above, name_of(areas[found.area_id])) if x)
        case RateLine(about=About.UNIT):
            units = people.unit_refs()
            return name_of(units[found.subject_id]) if found.subject_id in units else "–"
        case RateLine():
            return _category(found.subject_id)
        case Spot():
            return (
                " · ".join(
                    dict.fromkeys(x for x in (_area(found.community_id), found.address) if x)
                )
                or f"{found.lat:.4f}, {found.lon:.4f}"
            )
        case Restless():
            return f"{found.row.category} · {found.row.place}"


def name_then(key: str) -> str:
    """What a finding was about that is not compared now, by its key; "–" where that is gone."""
    kind, _colon, said = key.partition(":")
    if (at := place_of(key)) is not None:
        near = places.nearest_place(*at)
        return name_of(near) if near else said
    if kind == "case":
        return said
    if not said.isdigit():
        return "–"
    about = kind.partition("-")[0]
    if about == "area":
        return _area(int(said)) or "–"
    if about == About.UNIT:
        units = people.unit_refs()
        return name_of(units[int(said)]) if int(said) in units else "–"
    return _category(int(said))


def headline(found: Finding, picture: Picture) -> str:
    """What stands out, in one sentence without the name."""
    match found:
        case AreaLine(reports=0):
            return _("no report at all in %(days)s days") % {"days": picture.period.days_gone}
        case AreaLine():
            words = ngettext(
                "%(n)s report, about %(expected)s would be expected",
                "%(n)s reports, about %(expected)s would be expected", found.reports,
            )  # fmt: skip
            return words % {"n": found.reports, "expected": _plain(found.expected or 0)}
        case RateLine():
            words = {
                Measure.LATE: _("late %(share)s, the district %(usual)s"),
                Measure.REWORK: _("sent back for rework %(share)s, the district %(usual)s"),
                Measure.RECURRENCE: _("came back %(share)s, the district %(usual)s"),
            }[found.measure]
            return words % {"share": percent(found.rate), "usual": percent(found.usual)}
        case Spot():
            kinds = [_of_kind(_category(one.category_id), one.count) for one in found.kinds]
            return _(", ").join(kinds)
        case Restless():
            return _(", ").join(str(_TURNS[name]) % {"n": n} for name, n in found.turns.items())


def _of_kind(kind: str, n: int) -> str:
    words = ngettext("%(kind)s: %(n)s case", "%(kind)s: %(n)s cases", n)
    return words % {"kind": kind, "n": n}


def rests_on(found: Finding, picture: Picture) -> str:
    """The numbers that it rests on, in sentences."""
    match found:
        case AreaLine():
            return _of_area(found, picture)
        case RateLine():
            words = _(
                "%(hits)s of %(of)s; 95 %% interval %(low)s to %(high)s. At the district's rate it would be about %(usual)s."
            )
            return words % {
                "hits": found.hits, "of": found.of, "low": percent(found.interval.low),
                "high": percent(found.interval.high), "usual": _plain(found.of * found.usual),
            }  # fmt: skip
        case Spot():
            said = [
                _("%(n)s cases, at most %(metres)s m apart.")
                % {"n": found.count, "metres": found.metres}
            ]
            if found.returned:
                said.append(_("%(n)s confirmed to have come back.") % {"n": found.returned})
            if found.reworked:
                said.append(_("%(n)s failed a recheck.") % {"n": found.reworked})
            return _joined(said)
        case Restless():
            return _("%(state)s, with %(unit)s.") % {
                "state": found.row.state.label, "unit": found.row.step_unit or found.row.unit
            }  # fmt: skip


def _of_area(found: AreaLine, picture: Picture) -> str:
    said = []
    if found.interval is not None and found.people is not None:
        words = _(
            "%(people)s people live there: %(rate)s reports for %(per)s, 95 %% interval %(low)s to %(high)s; about %(expected)s reports expected."
        )
        said.append(
            words
            % {
                "people": number_format(found.people, force_grouping=True),
                "rate": _plain(found.rate or 0), "per": number_format(PER, force_grouping=True),
                "low": _plain(found.interval.low), "high": _plain(found.interval.high),
                "expected": _plain(found.expected or 0),
            }
        )  # fmt: skip
    said.append(
        _("%(silent)s of %(days)s days without any.")
        % {"silent": found.silent_days, "days": picture.period.days_gone}
    )
    if found.visited is not None:
        words = _("Inspected for %(minutes)s minutes at %(points)s points.")
        said.append(words % {"minutes": found.visited.minutes, "points": found.visited.points})
    else:
        said.append(
            _("Inspectors and patrols saw %(n)s of them.") % {"n": found.inspected}
            if found.inspected
            else _("Inspectors and patrols reported nothing.")
        )
    return _joined(said)


def percent(share: float) -> str:
    """A share of 0 to 1 in percent, with one place below ten."""
    said = share * 100
    figure = f"{said:.1f}" if 0 < said < 10 else f"{said:.0f}"
    return figure + in_language("%", " %")


def _plain(number: float) -> str:
    return f"{number:.1f}" if number < 10 else f"{number:.0f}"


def _joined(said: list[str]) -> str:
    return in_language("", " ").join(said)


def _category(category_id: int) -> str:
    refs = catalogue.category_refs()
    return name_of(refs[category_id]) if category_id in refs else "–"


def _area(area_id: int | None) -> str:
    areas = places.area_refs()
    return name_of(areas[area_id]) if area_id is not None and area_id in areas else ""
