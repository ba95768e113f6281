"""The paper of a visit: one form for the visit, and a sheet for each problem that it brings."""

from django import forms
from django.db.models import Q
from django.db.models.functions import Length
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duzhan.base.clock import deadlines
from duzhan.base.clock.instants import now
from duzhan.base.errors import BadInput
from duzhan.base.ledger.plain import uuid7
from duzhan.base.ui.fields import InstantField, SegmentInput
from duzhan.operations.queries import above, focus_word, focuses_of
from duzhan.people.models import Body
from duzhan.supervision.problems.actions import DETAIL, NOTE, TITLE

from ..models import Visit
from .photos import PhotosField

MOST_FURTHER = 3  # problems outside the checklist in one visit
MOST_UNITS = 40
ANSWERS = (("yes", gettext_lazy("符合")), ("no", gettext_lazy("不符合")), ("na", gettext_lazy("不适用")))
DIFFICULTIES = (("none", gettext_lazy("没有困难")), ("some", gettext_lazy("有困难")))
OUTCOMES = {  # the script of the page counts on with the same words
    "handed": gettext_lazy("交办 {n} 个问题"),
    "fixed": gettext_lazy("当场整改 {n} 个"),
    "found": gettext_lazy("登记 {n} 个待交办"),
}
USUAL_DEADLINES = ("2h", "6h", "today 24:00", "24h", "3d")
UNITS = (Body.Kind.DEPARTMENT, Body.Kind.TERRITORY, Body.Kind.COMMUNITY, Body.Kind.FACILITY)


class FoundForm(forms.Form):
    """One problem of a visit: what, who must mend it and by when, or that it was mended on the spot (M48, M53)."""

    title = forms.CharField(label=gettext_lazy("问题"), max_length=TITLE)
    detail = forms.CharField(
        label=gettext_lazy("看到了什么"), max_length=DETAIL, required=False, widget=forms.Textarea({"rows": 2})
    )
    fixed = forms.BooleanField(label=gettext_lazy("当场已经整改"), required=False)
    fixed_note = forms.CharField(label=gettext_lazy("当场怎么改的"), max_length=NOTE, required=False)
    unit = forms.ChoiceField(label=gettext_lazy("责任单位"), required=False)
    due = forms.ChoiceField(label=gettext_lazy("时限"), required=False)

    def __init__(self, desk, question=None, **more):
        super().__init__(**more)
        self.desk, self.question = desk, question
        self.fields["unit"].choices = [
            ("", _("由督导办确定，暂不交办")),
            *((str(pk), name) for pk, name in desk.unit_names),
        ]
        self.fields["unit"].initial = desk.usual_unit
        self.fields["photos"] = PhotosField(desk.person)
        if question:
            self.fields["title"].initial = question.title_zh
            rule = question.due or desk.words.deadlines.rule(question.klass, question.field)
            usual = deadlines.parse(rule)
        else:
            usual = None
            self._ask_kind(desk)
        others = [(str(rule), rule.label) for rule in map(deadlines.parse, USUAL_DEADLINES) if rule != usual]
        self.fields["due"].choices = [("", usual.label if usual else _("按规定")), *others]

    def _ask_kind(self, desk):
        for name, label, choices in (
            ("klass", _("性质"), desk.classes), ("field", _("领域"), desk.fields), ("cause", _("成因"), desk.causes),
        ):  # fmt: skip
            self.fields[name] = forms.ChoiceField(label=label, choices=choices)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("fixed") and not cleaned.get("fixed_note"):
            self.add_error("fixed_note", _("请写明当场怎么改的。"))
        if cleaned.get("fixed") and cleaned.get("unit") == "":
            self.add_error("unit", _("当场整改也要写明责任单位。"))
        if not self.question and not self.errors:
            self._check_topic(cleaned)
        return cleaned

    def _check_topic(self, cleaned):
        try:
            self.desk.words.topic(cleaned["klass"], cleaned["field"], cleaned["cause"])
        except BadInput as refused:
            self.add_error(refused.details["field"], str(refused))

    def row(self) -> dict:
        """The problem as `record_visit` takes it."""
        given, unit = self.cleaned_data, self.desk.unit(self.cleaned_data["unit"])
        row = {
            **self._kind(), "title": given["title"], "detail": given["detail"], "uploads": given["photos"],
            "unit": unit, "unit_id": unit.pk if unit else None,  # left open, it is left open: not the point's own
        }  # fmt: skip
        if given["due"]:
            row["due_rule"] = given["due"]
        if given["fixed"]:
            row["fixed_on_the_spot"] = {"unit": unit, "note": given["fixed_note"]}
        elif unit:
            row["hand_over"] = {"unit": unit}
        return row

    def _kind(self):
        """What sort of problem: as the question says, or as it was chosen."""
        asked = self.question
        if asked is None:
            return {name: self.cleaned_data[name] for name in ("klass", "field", "cause")}
        return {
            "klass": asked.klass, "field": asked.field, "cause": asked.cause, "clause": asked.clause,
            "question": asked.code, "due_rule": asked.due,
        }  # fmt: skip


class WhichPaper(forms.Form):
    """The number that a paper brings with it: known before anything else of it is read."""

    id = forms.UUIDField()


class VisitForm(forms.Form):
    """The visit itself: answers, difficulties, how and when."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    difficulty = forms.ChoiceField(
        label=gettext_lazy("还有哪些困难"), choices=DIFFICULTIES, widget=SegmentInput,
        error_messages={"required": gettext_lazy("每次走访都要问一句：还有哪些困难。没有就选“没有困难”。")},
    )  # fmt: skip
    difficulty_text = forms.CharField(
        label=gettext_lazy("什么困难，需要谁帮"), max_length=1000, required=False, widget=forms.Textarea({"rows": 2})
    )
    purpose = forms.ChoiceField(label=gettext_lazy("目的"), choices=Visit.Purpose.choices, widget=SegmentInput)
    method = forms.ChoiceField(label=gettext_lazy("方式"), required=False)
    focus = forms.TypedChoiceField(label=gettext_lazy("重点"), required=False, coerce=int, empty_value=None)
    visited_at = InstantField(label=gettext_lazy("走访时刻"))
    minutes = forms.IntegerField(
        label=gettext_lazy("用时（分钟）"), required=False, min_value=0, max_value=1440,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("情况"), max_length=2000, required=False, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, desk, asked, **more):
        super().__init__(**more)
        self.fields["method"].choices = [("", _("未写明")), *desk.words.choices("methods")]
        self.focuses = {focus.pk: focus for focus in focuses_of(desk.operation)}
        self.fields["focus"].choices = [
            ("", _("不限")),
            *((pk, focus_word(desk.operation, focus)) for pk, focus in self.focuses.items()),
        ]
        self.fields["visited_at"].zone = desk.operation.tz
        self.fields["photos"] = PhotosField(desk.person, label=_("现场照片"))
        for code, question in asked.items():
            self.fields[f"q_{code}"] = forms.ChoiceField(
                label=question.label, choices=ANSWERS, required=False, widget=SegmentInput(bad=("no",))
            )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("difficulty") == "some" and not cleaned.get("difficulty_text"):
            self.add_error("difficulty_text", _("请写明什么困难，需要谁帮。"))
        return cleaned


class Desk:
    """What every sheet of a paper needs to know, asked for once: the words, and who may have to mend something here."""

    def __init__(self, operation, point, person):
        self.operation, self.point, self.person = operation, point, person
        self.words = operation.words
        kept = {code for code, term in self.words.classes.items() if operation.keeps_conduct or not term.is_restricted}
        self.classes = [(code, label) for code, label in self.words.choices("classes") if code in kept]
        self.fields = [("", _("请选择")), *self.words.choices("fields")]
        self.causes = [("", _("请选择"))] + [
            (code, term.label) for code, term in self.words.causes.items() if not term.klass or term.klass in kept
        ]
        self.units = {body.pk: body for body in self._units()}
        self.unit_names = [(pk, str(body)) for pk, body in self.units.items()]
        self.usual_unit = str(next(iter(self.units), ""))

    def _units(self):
        """Whoever runs the point, then those in whose area it lies, the nearest first (M15, M16)."""
        around = Q(area__in=above(self.point.area_path), kind__in=UNITS)
        bodies = Body.objects.filter(around).order_by(-Length("area"), "pk")[:MOST_UNITS]
        runs = [self.point.body] if self.point.body else []
        return [*runs, *(body for body in bodies if body.pk != self.point.body_id)]

    def unit(self, number):
        return self.units.get(int(number)) if number else None


class Paper:
    """The paper of a visit to one point: `VisitForm`, a sheet for each question, and sheets for further problems.

    Sheets are read only where they belong: below an answer "no", or with a title written on them.
    """

    def __init__(self, operation, point, person, data=None, files=None):
        self.operation, self.point = operation, point
        self.data, self.files = data, files
        asked = operation.words.questions_for(point.kind)
        self.asked = asked.questions if asked else {}
        self.desk = Desk(operation, point, person)
        first = {"id": uuid7(), "visited_at": now(), "purpose": Visit.Purpose.INSPECT}
        self.form = VisitForm(self.desk, self.asked, initial=first, **self._given())
        focuses = self.form.focuses
        self.form.fields["focus"].initial = next(iter(focuses)) if len(focuses) == 1 else None
        self.sheets = [
            (question, self.form[f"q_{code}"], self._sheet(f"p_{code}", question, belongs=self._answered_no(code)))
            for code, question in self.asked.items()
        ]
        self.further = [
            self._sheet(f"x_{number}", None, belongs=self._is_written(f"x_{number}"))
            for number in range(1, MOST_FURTHER + 1)
        ]

    def _given(self):
        return {} if self.data is None else {"data": self.data, "files": self.files}

    def _sheet(self, prefix, question, *, belongs):
        return FoundForm(self.desk, question, prefix=prefix, **(self._given() if belongs else {}))

    def _answered_no(self, code):
        return self.data is not None and self.data.get(f"q_{code}") == "no"

    def _is_written(self, prefix):
        """Something was written on it: what, or what was seen, or a photo was taken."""
        if self.data is None:
            return False
        typed = any(self.data.get(f"{prefix}-{name}", "").strip() for name in ("title", "detail", "fixed_note"))
        return typed or bool(self.files.getlist(f"{prefix}-photos") or self.data.getlist(f"{prefix}-photos-kept"))

    @property
    def written(self) -> list:
        """The sheets that were read."""
        return [sheet for sheet in (*(sheet for _q, _a, sheet in self.sheets), *self.further) if sheet.is_bound]

    def is_valid(self) -> bool:
        valid = [form.is_valid() for form in (self.form, *self.written)]  # each of them, so that all photos are kept
        return all(valid)

    def mistakes(self) -> list:
        """Every mistake as (id of the field, its name, the sentence), in the order of the page."""
        found = []
        for form in (*self.written, self.form):
            for name, sentences in form.errors.items():
                bound = form[name] if name in form.fields else None
                anchor, label = (bound.id_for_label or bound.auto_id, bound.label) if bound else ("", "")
                found += [(anchor, label, sentence) for sentence in sentences]
        return found

    def outcome(self) -> str:
        """What submitting will do, as it is written now: 提交，交办 1 个问题."""
        counts = dict.fromkeys(OUTCOMES, 0)
        for sheet in self.written:
            fixed, unit = bool(sheet["fixed"].value()), sheet["unit"].value()
            counts["fixed" if fixed else "handed" if unit else "found"] += 1
        done = [str(OUTCOMES[name]).replace("{n}", str(count)) for name, count in counts.items() if count]
        return _("，").join([_("提交"), *done])

    def row(self) -> dict:
        """The visit as `record_visit` takes it."""
        given, at = self.form.cleaned_data, now()
        is_now = given["visited_at"] == at.replace(
            second=0, microsecond=0
        )  # a field has minutes, the clock has seconds
        answers = {code: given[f"q_{code}"] for code in self.asked if given[f"q_{code}"]}
        return {
            "id": given["id"], "point": self.point, "at": at if is_now else given["visited_at"], "purpose": given["purpose"],
            "method": given["method"], "focus": self.form.focuses.get(given["focus"]), "minutes": given["minutes"],
            "answers": answers, "note": given["note"], "uploads": given["photos"],
            "difficulty": given["difficulty_text"] if given["difficulty"] == "some" else "",
            "problems": [sheet.row() for sheet in self.written],
        }  # fmt: skip


class AnswerForm(forms.Form):
    """答复求助: what was arranged."""

    request_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    answer = forms.CharField(
        label=gettext_lazy("答复"), max_length=1000, widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy("谁来办、什么时候办好；写给提出困难的人看。"),
    )  # fmt: skip
