"""A refusal of an operation is shown in the form that asked for it."""

import pytest
from django import forms

from gulou.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from gulou.ui.forms import refused_in


class Sheet(forms.Form):
    words = forms.CharField()


def _filled() -> Sheet:
    form = Sheet({"words": "a lamp"})
    assert form.is_valid()
    return form


def test_it_shows_a_refusal_beside_its_field() -> None:
    form = _filled()
    with refused_in(form) as outcome:
        raise Invalid("x", "Too long.", field="words")
    assert form.errors == {"words": ["Too long."]}
    assert outcome.status == 422


def test_it_finds_the_field_by_its_other_name() -> None:
    form = _filled()
    with refused_in(form, fields={"text": "words"}):
        raise Invalid("x", "Too long.", field="text")
    assert "words" in form.errors


def test_a_refusal_without_a_field_of_the_form_stands_on_top() -> None:
    form = _filled()
    with refused_in(form) as outcome:
        raise Conflict("x", "Changed meanwhile.", field="photos")
    assert form.non_field_errors() == ["Changed meanwhile."]
    assert outcome.status == 409


@pytest.mark.parametrize("kind", [NotAllowed, NotFound])
def test_who_may_not_is_no_matter_of_a_form(kind: type[NotAllowed] | type[NotFound]) -> None:
    with pytest.raises(kind), refused_in(_filled()):
        raise kind("x", "No.")


def test_what_goes_well_leaves_the_form_alone() -> None:
    form = _filled()
    with refused_in(form) as outcome:
        pass
    assert not form.errors
    assert outcome.refusal is None
