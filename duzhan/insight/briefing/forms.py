"""What is typed into a report, an amendment, a meeting and a lower body's own numbers."""

from uuid import uuid4

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duzhan.base.clock.instants import day_of, parse_instant
from duzhan.base.errors import BadInput
from duzhan.base.typed import lines_of
from duzhan.base.ui.fields import InstantField
from duzhan.operations.queries import above
from duzhan.people.models import Body
from duzhan.supervision.problems.flow import Class
from duzhan.supervision.problems.queries import number_in, visible_to

from .models import Decision
from .queries.self_reports import KEYS


class AskingForm(forms.Form):
    """A form whose request is answered once, and which shows a refusal where it belongs."""

    request_key = forms.UUIDField(widget=forms.HiddenInput({"id": False}), initial=uuid4, required=False)

    def refuse(self, refused):
        """Show a refusal at the field that it names, else at the head."""
        field = refused.details.get("field")
        self.add_error(field if field in self.fields else None, str(refused.message))


def _area(rows, **options):
    return forms.CharField(widget=forms.Textarea({"rows": rows}), **options)


# --- reports ----------------------------------------------------------------------------------------------------


class SectionsForm(AskingForm):
    """What the office writes itself: the rest of the sheet is counted."""

    highlights = _area(4, label=gettext_lazy("突出问题"), max_length=4000, required=False)
    tomorrow = _area(3, label=gettext_lazy("明日重点"), max_length=4000, required=False)


class ReasonForm(AskingForm):
    reason = _area(3, label=gettext_lazy("更正原因"), max_length=1000)


class MomentForm(forms.Form):
    """Another moment to look at: as of when it happened, as known when it was recorded, and where."""

    as_of = InstantField(label=gettext_lazy("截至（事情发生）"), required=False)
    known_at = InstantField(label=gettext_lazy("已知至（录入系统）"), required=False)
    area = forms.CharField(widget=forms.HiddenInput, required=False, max_length=12)

    def __init__(self, operation, *arguments, **options):
        super().__init__(*arguments, **options)
        for name in ("as_of", "known_at"):
            self.fields[name].zone = operation.tz


# --- the meeting ------------------------------------------------------------------------------------------------


class WordsForm(AskingForm):
    """报到: what a group will say tonight."""

    words = _area(5, label=gettext_lazy("今日情况"), max_length=4000)
    asks = _area(
        2, label=gettext_lazy("提请会议决定"), required=False, max_length=4000, help_text=gettext_lazy("一行一件。")
    )

    @property
    def said(self):
        return {"words": self.cleaned_data["words"], "asks": lines_of(self.cleaned_data["asks"])}


class BeginForm(AskingForm):
    """开会: who is in the chair, who has come."""

    chair = forms.ModelChoiceField(None, label=gettext_lazy("主持"), required=False, empty_label=gettext_lazy("我主持"))
    attendance = _area(
        2, label=gettext_lazy("到会"), required=False, max_length=2000, help_text=gettext_lazy("一行一人。")
    )

    def __init__(self, chairs, *arguments, **options):
        super().__init__(*arguments, **options)
        self.fields["chair"].queryset = chairs

    @property
    def said(self):
        return {"chair": self.cleaned_data["chair"], "attendance": lines_of(self.cleaned_data["attendance"])}


class DoneForm(AskingForm):
    note = _area(2, label=gettext_lazy("落实情况"), max_length=1000)


ASKS = {  # kind: what its form asks for, what it cannot do without
    "task": (("text", "unit", "due_at"), {"text", "unit", "due_at"}),
    "hand_over": (("problem", "unit", "due_at", "text"), {"problem"}),
    "transfer": (("problem", "unit", "text", "due_at"), {"problem", "unit", "text"}),
    "press": (("problem", "text"), {"problem", "text"}),
    "extend": (("problem", "due_at", "text"), {"problem", "due_at", "text"}),
    "focus": (("focuses", "others", "text"), set()),
    "decline": (("text",), {"text"}),
}
TEXT_LABELS = {
    "task": gettext_lazy("做什么"),
    "hand_over": gettext_lazy("要求"),
    "transfer": gettext_lazy("理由"),
    "press": gettext_lazy("督办要求"),
    "extend": gettext_lazy("理由"),
    "focus": gettext_lazy("由来"),
    "decline": gettext_lazy("哪一件，为什么不采纳"),
}


class DecisionForm(AskingForm):
    """记下决定: the fields of one kind of decision."""

    kind = forms.ChoiceField(choices=Decision.Kind.choices, widget=forms.HiddenInput)
    group = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, kind, meeting, person, *arguments, **options):
        super().__init__(*arguments, **options)
        self.fields["kind"].initial = kind
        asked, needed = ASKS[kind]
        for name in asked:
            self.fields[name] = field = FIELDS[name](kind, meeting.operation, person)
            field.required = name in needed

    @property
    def asked(self):
        return self.visible_fields()

    @property
    def said(self) -> dict:
        """As `actions.meetings.decide` takes it."""
        told = dict(self.cleaned_data)
        focuses = [*told.pop("focuses", ()), *lines_of(told.pop("others", ""))]
        kept = {name: told[name] for name in ("text", "problem", "unit", "due_at", "request_key") if told.get(name)}
        return kept | {"focuses": focuses}


def _text(kind, operation, person):
    return forms.CharField(label=TEXT_LABELS[kind], max_length=400)


def _unit(kind, operation, person):
    label = gettext_lazy("转给谁") if kind == "transfer" else gettext_lazy("谁来做")
    return BodyField(
        bodies_of(operation), label=label, empty_label=_("登记时写明的单位") if kind == "hand_over" else ""
    )


class BodyField(forms.ModelChoiceField):
    def label_from_instance(self, body):
        return body.name


def bodies_of(operation):
    """Whom a meeting gives tasks to: offices, departments and streets; not single shops."""
    near = Q(area__startswith=operation.area_path) | Q(area__in=["", *above(operation.area_path)])
    places = (Body.Kind.FACILITY, Body.Kind.COMMUNITY)
    return Body.objects.filter(near).exclude(kind__in=places).order_by("area", "pk")


class NumberField(forms.CharField):
    """A problem by its number, `YB-0017` or `17`. Cleans to the problem; whether it may move, the move says."""

    def __init__(self, operation, person, **options):
        super().__init__(max_length=30, **options)
        self.operation, self.person = operation, person

    def clean(self, value):
        text = super().clean(value)
        number = number_in(text, self.operation) if text else None
        rows = visible_to(self.person).filter(operation=self.operation).exclude(klass=Class.CONDUCT)
        found = rows.filter(pk=number).first() if number else None
        if text and found is None:
            raise forms.ValidationError(_("没有编号为 %(number)s 的问题。") % {"number": text})
        return found


def _problem(kind, operation, person):
    return NumberField(operation, person, label=gettext_lazy("问题编号"))


def _due_at(kind, operation, person):
    label = gettext_lazy("延到") if kind == "extend" else gettext_lazy("什么时候之前")
    return InstantField(label=label, zone=operation.tz)


def _focuses(kind, operation, person):
    return forms.MultipleChoiceField(
        choices=operation.words.choices("focuses"),
        label=gettext_lazy("词库中的重点"),
        widget=forms.CheckboxSelectMultiple,
    )


def _others(kind, operation, person):
    return _area(2, label=gettext_lazy("另加的重点"), max_length=1000, help_text=gettext_lazy("一行一个。"))


FIELDS = {"text": _text, "unit": _unit, "problem": _problem, "due_at": _due_at, "focuses": _focuses, "others": _others}


# --- lower bodies -----------------------------------------------------------------------------------------------


class SelfReportForm(AskingForm):
    """自报数, as it was said: 310余 stays 310余."""

    body = BodyField(None, label=gettext_lazy("机构"), empty_label=None)
    as_of = InstantField(label=gettext_lazy("截至"))

    def __init__(self, operation, bodies, labels, *arguments, **options):
        super().__init__(*arguments, **options)
        self.fields["body"].queryset = bodies
        self.fields["as_of"].zone = operation.tz
        for key in KEYS:
            self.fields[key] = forms.CharField(label=labels[key], required=False, max_length=20)

    @property
    def figures(self) -> dict:
        return {key: self.cleaned_data[key] for key in KEYS if self.cleaned_data[key].strip()}


def day_in(text, operation):
    """A day in an address. Raises BadInput."""
    if len(text) != 10:
        raise BadInput(_("“%(text)s”不是日期；请写成 2022-11-25。") % {"text": text[:20]}, field="day")
    return day_of(parse_instant(text, operation.tz), operation.tz)
