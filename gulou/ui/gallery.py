"""What the gallery of components shows: made-up, the same on every day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Sample:
    """A row of the sample list."""

    number: str
    title: str
    state: str
    words: Any
    due: datetime


class SampleForm(forms.Form):
    """One of each kind of field."""

    what = forms.CharField(label=_("What do you see?"), help_text=_("A few words are enough."))
    more = forms.CharField(label=_("More words"), widget=forms.Textarea, required=False)
    kind = forms.ChoiceField(
        label=_("How urgent is it?"),
        choices=[("now", _("Somebody may be hurt")), ("soon", _("It is in the way"))],
        widget=forms.RadioSelect,
    )
    unit = forms.ChoiceField(
        label=_("Unit"), choices=[("", "—"), ("1", "石井街道"), ("2", "城管局")]
    )
    agree = forms.BooleanField(label=_("Tell me by text message"), required=False)


def context(now: datetime) -> dict[str, Any]:
    """Everything that ui/gallery.html draws."""
    before, after = static("ui/sample-before.svg"), static("ui/sample-after.svg")
    hour = timedelta(hours=1)
    return {
        "now": now,
        "form": SampleForm(),
        "wrong": SampleForm({"what": "", "kind": "now"}, prefix="wrong"),
        "rows": [
            Sample("GL-20261123-0042", "东街口地铁站 B 口共享单车占道", "received", _("Received"), now + 0.2 * hour),
            Sample("GL-20261123-0041", "三坊七巷南后街路面破损约 2 m²", "dispatched", _("Dispatched"), now + 3.4 * hour),
            Sample("GL-20261123-0038", "达明路夜市暴露垃圾", "handling", _("Being handled"), now - 0.7 * hour),
            Sample("GL-20261122-0107", "五一广场西侧宣传栏破损", "handled", _("To be rechecked"), now + 1.5 * hour),
            Sample("GL-20261122-0093", "西湖公园北门乱张贴小广告", "closed", _("Closed"), now + 60 * hour),
        ],
        "states": [
            ("received", _("Received")), ("filed", _("Filed")), ("dispatched", _("Dispatched")),
            ("handling", _("Being handled")), ("handled", _("To be rechecked")),
            ("closed", _("Closed")), ("declined", _("Not filed")),
            ("redirected", _("Passed to its own channel")), ("merged", _("Merged")),
        ],
        "steps": [_("Received"), _("Filed"), _("Dispatched"), _("Handled"), _("Rechecked"), _("Closed")],
        "dues": [now + 0.3 * hour, now + 3.34 * hour, now + 52 * hour, now - 0.7 * hour, now - 50 * hour],
        "hours_ago": [now - 0.001 * hour, now - 0.5 * hour, now - 5 * hour, now - 80 * hour],
        "before": {"url": before, "alt": _("Rubbish bags on the pavement")},
        "after": {"url": after, "alt": _("The same pavement, clean, with two bins")},
        "photos": [
            {"url": before, "full": before, "alt": _("Rubbish bags on the pavement"), "mark": _("Before")},
            {"url": after, "full": after, "alt": _("The same pavement, clean, with two bins"), "mark": _("After")},
            {"url": "", "mark": ""},
        ],
        "areas_url": static("ui/sample-areas.json"),
        "points_url": static("ui/sample-points.json"),
        "search_url": static("ui/sample-places.json"),
        "icons": ["camera", "map-pin", "trash", "bike", "road", "bulb", "paw", "smoking-no"],
    }  # fmt: skip
