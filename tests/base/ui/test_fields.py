"""An instant is typed as it is shown; a form in the house's clothes loses nothing and says what is wrong."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import Context, Template

from duzhan.base.clock.instants import travel
from duzhan.base.ui.fields import InstantField, Renderer, SegmentInput

SIX = datetime(2022, 11, 25, 10, 0, tzinfo=UTC)


class Report(forms.Form):
    title = forms.CharField(label="问题", help_text="一句话")
    due_at = InstantField(label="时限", required=False)
    result = forms.ChoiceField(
        label="结果", choices=[("yes", "符合"), ("no", "不符合")], widget=SegmentInput(bad={"no"})
    )
    unit = forms.ChoiceField(label="单位", choices=[("1", "甲"), ("2", "乙")])
    again = forms.BooleanField(label="复发", required=False)


class Inputs(HTMLParser):
    """name -> list of attributes of its inputs"""

    def __init__(self, html):
        super().__init__()
        self.found, self.described = {}, set()
        self.feed(str(html))

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in ("input", "select", "textarea") and attrs.get("name"):
            self.found.setdefault(attrs["name"], []).append({"tag": tag, **attrs})
        if "id" in attrs:
            self.described.add(attrs["id"])


def drawn(form, field):
    return Template("{% load ui %}{% field field %}").render(Context({"field": form[field]}))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2022-11-25 18:00", SIX),
        ("2022-11-25T18:00:00+08:00", SIX),
        ("", None),
    ],
)
def test_an_instant_is_read_in_beijing_time(typed, meant):
    assert InstantField(required=False).clean(typed) == meant


def test_an_instant_is_read_and_shown_in_the_zone_of_its_operation():
    form = Report({"title": "x", "due_at": "2022-11-25 16:00", "result": "yes", "unit": "1"})
    form.fields["due_at"].zone = ZoneInfo("Asia/Urumqi")
    assert form.is_valid() and form.cleaned_data["due_at"] == SIX
    blank = Report(initial={"due_at": SIX})
    blank.fields["due_at"].zone = ZoneInfo("Asia/Urumqi")
    assert Inputs(drawn(blank, "due_at")).found["due_at"][0]["value"] == "2022-11-25 16:00"


def test_what_is_no_instant_is_refused_with_the_way_to_write_it_and_stays_typed():
    form = Report({"title": "x", "due_at": "11/25/2022 6 PM", "result": "yes", "unit": "1"})
    assert not form.is_valid()
    assert "2022-11-25 18:00" in form.errors["due_at"][0]
    page = drawn(form, "due_at")
    assert Inputs(page).found["due_at"][0]["value"] == "11/25/2022 6 PM"
    assert 'aria-invalid="true"' in page


def test_the_field_knows_the_time_on_the_operations_clock():
    with travel(SIX):
        assert 'data-base="2022-11-25 18:00"' in drawn(Report(), "due_at")


def test_every_field_has_its_clothes_its_label_and_the_texts_that_describe_it():
    form = Report({"title": "", "result": "no", "unit": "2", "again": "on"})
    page = Inputs(
        str(Template("{% load ui %}{% for f in form %}{% field f %}{% endfor %}").render(Context({"form": form})))
    )
    assert page.found["title"][0]["class"] == "form-control is-invalid"
    for name in page.found["title"][0]["aria-describedby"].split():
        assert name in page.described
    assert page.found["unit"][0]["class"] == "form-select"
    assert page.found["again"][0]["class"] == "form-check-input" and "checked" in page.found["again"][0]
    yes, no = page.found["result"]
    assert "checked" in no and "checked" not in yes and no["class"] == "bad"


def test_a_bare_form_wears_the_same_clothes():
    class House(Report):
        default_renderer = Renderer

    page = str(House({"title": ""}))
    assert "dz-errors" in page and "dz-field-row" in page
    assert page.count('name="title"') == 1


def test_a_placeholder_that_only_repeats_the_label_is_left_out():
    class Sign(forms.Form):
        login = forms.CharField(label="用户名", widget=forms.TextInput(attrs={"placeholder": "用户名"}))
        place = forms.CharField(label="地点", widget=forms.TextInput(attrs={"placeholder": "街道或点位"}))

    assert "placeholder" not in drawn(Sign(), "login")
    assert 'placeholder="街道或点位"' in drawn(Sign(), "place")
