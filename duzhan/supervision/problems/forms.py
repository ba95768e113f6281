"""What is typed to enter a problem and to move it. A move's form is built from what its row in the table asks for."""

import re
from uuid import UUID, uuid4

from django import forms
from django.db.models import Q
from django.db.models.functions import Length
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duzhan.base.clock import deadlines
from duzhan.base.errors import BadInput
from duzhan.base.ledger.models import Event
from duzhan.base.ui.fields import InstantField
from duzhan.base.ui.spelling import short_instant
from duzhan.base.uploads.actions import receive, still_wanted
from duzhan.operations.queries import above, groups_of
from duzhan.people.models import Body, Person
from duzhan.places.models import Area
from duzhan.places.queries import points_visible_to

from . import actions, queries
from .flow import ACCEPT, CLOSE, EXTEND, HAND_OVER, PRESS

MOST_FILES = 20
MOST_SUGGESTED = 20
ACCEPTED_FILES = ".jpg,.jpeg,.png,.webp,.heic,.pdf,.xlsx,.docx"


# --- fields that know the trade -------------------------------------------------------------------------------


class SuggestInput(forms.TextInput):
    """Text with suggestions below it; with htmx they follow what is typed."""

    template_name = "problems/widgets/suggest.html"
    suggestions = ()
    address = ""

    def get_context(self, name, value, attrs):
        below = f"{(attrs or {}).get('id', name)}-list"
        follow = {"hx-get": reverse(self.address), "hx-trigger": "input changed delay:250ms", "hx-target": f"#{below}"}
        attrs = {"autocomplete": "off", "list": below, **follow, "hx-swap": "innerHTML", **(attrs or {})}
        return super().get_context(name, value, attrs) | {"suggestions": self.suggestions}


class NamedField(forms.CharField):
    """A row that people name: its name, `name #12` where two are called alike, or its number. Cleans to the row."""

    widget = SuggestInput
    columns = ("name",)

    def __init__(self, rows, *, suggestions=(), address="", **options):
        super().__init__(max_length=120, **options)
        self.rows, self.widget.suggestions, self.widget.address = rows, suggestions, address

    def prepare_value(self, value):
        return value if isinstance(value, str) or value is None else value.name

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        found = list(self.rows.filter(self._named(text))[:4])
        if len(found) == 1:
            return found[0]
        raise forms.ValidationError(self._several(text, found) if found else self._none(text))

    def _named(self, text):
        number = re.fullmatch(r"(?:.*#)?([1-9][0-9]{0,17})", text, re.ASCII | re.DOTALL)
        where = Q(pk=number[1]) if number else Q()
        if number and "#" in text:
            return where
        for column in self.columns:
            where |= Q(**{column: text})
        return where

    def _several(self, text, found):
        names = _("、").join(f"{row.name} #{row.pk}" for row in found)
        return _("有几处叫“%(text)s”，请写明是哪一个：%(names)s。") % {"text": text, "names": names}

    def _none(self, text):
        like = self.rows.filter(name__icontains=text[:20]).values_list("name", flat=True)[:3]
        if like:
            return _("没有叫“%(text)s”的；是不是：%(names)s？") % {"text": text, "names": _("、").join(like)}
        return _("没有叫“%(text)s”的，请从列表里选。") % {"text": text}


class UnitField(NamedField):
    """责任单位: a body of the operation's area, of an area around it, or of none."""

    columns = ("name", "short_name")


class PointField(NamedField):
    """点位: one that the person may see, in the operation's area."""


class NumberField(forms.CharField):
    """Another problem of the same operation by its number: `YB-0017` or `17`. Cleans to the problem."""

    def __init__(self, problem, person, **options):
        super().__init__(max_length=30, **options)
        self.problem, self.person = problem, person

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        operation = self.problem.operation
        number = queries.number_in(text, operation)
        found = number and queries.visible_to(self.person).filter(pk=number, operation=operation).first()
        if not found:
            raise forms.ValidationError(_("没有编号为 %(number)s 的问题。") % {"number": text})
        return found


class UploadsInput(forms.FileInput):
    """Photos and files, several at once; those already taken in stay when the form is shown again."""

    allow_multiple_selected = True
    template_name = "problems/widgets/uploads.html"
    kept = ()

    def __init__(self, attrs=None):
        super().__init__({"multiple": True, "accept": ACCEPTED_FILES, **(attrs or {})})

    def value_from_datadict(self, data, files, name):
        kept = data.getlist(f"kept_{name}") if hasattr(data, "getlist") else ()
        return files.getlist(name) if files else [], kept

    def get_context(self, name, value, attrs):
        return super().get_context(name, None, attrs) | {"kept": self.kept}


class UploadsField(forms.Field):
    """Evidence: takes each file in while the form is read, so that nothing sent is lost when the form is refused."""

    widget = UploadsInput

    def __init__(self, person, step, **options):
        super().__init__(**options)
        self.person, self.step = person, step

    def clean(self, value):
        files, kept = value or ([], [])
        if len(files) + len(kept) > MOST_FILES:
            raise forms.ValidationError(_("一次最多 %(most)s 份照片和文件。") % {"most": MOST_FILES})
        found, gone = self._own(kept)
        wrong = [gone] if gone else []
        for file in files:
            try:
                found.append(receive(file, by=self.person, stage_note=self.step))
            except BadInput as refused:
                wrong.append(f"{file.name}：{refused.message}")
        self.widget.kept = found = list({upload.pk: upload for upload in found}.values())
        if wrong:
            raise forms.ValidationError(wrong)
        if self.required and not found:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return found

    def _own(self, kept):
        try:
            ids = [UUID(each) for each in kept]
        except ValueError:
            raise forms.ValidationError(_("附件的编号读不懂，请重新选择文件。")) from None
        return still_wanted(ids, by=self.person)


# --- what a move may ask for: how each is asked ---------------------------------------------------------------

LABELS = {
    "unit": gettext_lazy("责任单位"),
    "due_at": gettext_lazy("时限"),
    "note": gettext_lazy("说明"),
    "reason": gettext_lazy("理由"),
    "uploads": gettext_lazy("照片、文件"),
    "visit": gettext_lazy("核验走访"),
    "into": gettext_lazy("并入哪一件"),
    "klass": gettext_lazy("性质"),
    "field": gettext_lazy("领域"),
    "cause": gettext_lazy("成因"),
}
LABELS_OF_MOVE = {
    ("fix_on_the_spot", "note"): gettext_lazy("当场怎么改的"),
    ("report_rectified", "note"): gettext_lazy("怎么改的"),
    ("close", "note"): gettext_lazy("核验所见"),
    ("send_back", "reason"): gettext_lazy("哪里没有改到位"),
    ("press", "note"): gettext_lazy("督办要求"),
    ("extend", "due_at"): gettext_lazy("延至"),
    ("ask_extension", "due_at"): gettext_lazy("申请延至"),
    ("relapse", "reason"): gettext_lazy("怎么复发的"),
    ("relapse", "visit"): gettext_lazy("哪次走访发现"),
}


def _unit(move, problem, person):
    near = bodies_near(problem.operation, problem.area_path)
    return UnitField(bodies_of(problem.operation), suggestions=_names(near), address="problem-units")


def _due_at(move, problem, person):
    asked = problem.asked_due_at if move is EXTEND else None
    return InstantField(zone=problem.operation.tz, help_text=_due_hint(move, problem), initial=asked)


def _due_hint(move, problem):
    if "due_at" in move.needs:
        return _("现在的时限：%(due)s。") % {"due": short_instant(problem.due_at, problem.operation)}
    if move.name in ("transfer", "send_back"):
        return _("不填则时限不变。")
    rule = deadlines.parse(problem.operation.words.deadlines.rule(problem.klass, problem.field))
    return _("不填则按规定：%(rule)s。") % {"rule": rule.label}


def _words(move, problem, person):
    return forms.CharField(widget=forms.Textarea({"rows": 3}), max_length=actions.NOTE)


def _uploads(move, problem, person):
    return UploadsField(person, move.name)


def _visit(move, problem, person):
    return forms.TypedChoiceField(choices=visits_after(move, problem), coerce=int, empty_value=None)


def _into(move, problem, person):
    return NumberField(problem, person, help_text=_("写编号，例如 %(number)s。") % {"number": problem.number})


def _term(vocabulary, column):
    def build(move, problem, person):
        terms = _terms(problem.operation, vocabulary)
        return forms.ChoiceField(choices=terms, initial=getattr(problem, column))

    return build


BUILDERS = {
    "unit": _unit, "due_at": _due_at, "note": _words, "reason": _words, "uploads": _uploads, "visit": _visit,
    "into": _into, "klass": _term("classes", "klass"), "field": _term("fields", "field"),
    "cause": _term("causes", "cause"),
}  # fmt: skip


def _terms(operation, vocabulary):
    """Codes and words; what is restricted only where the operation keeps it."""
    terms = getattr(operation.words, vocabulary).values()
    return [
        (term.code, term.label)
        for term in terms
        if operation.keeps_conduct
        or not (getattr(term, "is_restricted", False) or getattr(term, "klass", "") == "conduct")
    ]


def bodies_of(operation):
    """Bodies that may have to mend something in an operation: of its area, of an area around it, or of none."""
    return Body.objects.filter(Q(area__startswith=operation.area_path) | Q(area__in=["", *above(operation.area_path)]))


def bodies_near(operation, area_path):
    """Those whose area holds a place, the smallest area first."""
    return bodies_of(operation).filter(area__in=above(area_path)).order_by(-Length("area"), "pk")[:MOST_SUGGESTED]


def _names(rows):
    return list(dict.fromkeys(row.name for row in rows))


def visits_after(move, problem):
    """Visits to the point that can be proof: since it was reported as rectified; for closing, those to verify."""
    none = [("", _("不引用走访"))]
    if problem.point_id is None or problem.rectified_at is None:
        return none
    went = Event.objects.filter(
        book=problem.operation_id, kind="visit.record", place=problem.point_id, at__gte=problem.rectified_at
    )
    if move is CLOSE:
        went = went.filter(topic="verify")
    went = list(went.order_by("-at", "-subject_id")[:MOST_SUGGESTED])
    names = dict(Person.objects.filter(pk__in=[event.actor for event in went]).values_list("pk", "name"))
    return none + [
        (event.subject_id, f"{short_instant(event.at, problem.operation)} · {names.get(event.actor, '')}")
        for event in went
    ]


# --- forms ----------------------------------------------------------------------------------------------------


class AskingForm(forms.Form):
    """A form whose request is answered once, and which shows a refusal where it belongs."""

    request_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)
    next = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)

    def refuse(self, refused):
        """Show a refusal at the field that it names, else at the head."""
        field = refused.details.get("field")
        field = "uploads" if field == "evidence" else field
        self.add_error(field if field in self.fields else None, str(refused.message))

    @property
    def asked(self):
        """The fields that are to be filled in, without the hidden ones."""
        return self.visible_fields()


class MoveForm(AskingForm):
    """The form of one move of one problem."""

    def __init__(self, move, problem, person, *arguments, **options):
        super().__init__(*arguments, **options)
        self.move, self.problem = move, problem
        for name in move.asks:
            self.fields[name] = field = BUILDERS[name](move, problem, person)
            field.required = name in move.needs
            field.label = LABELS_OF_MOVE.get((move.name, name), LABELS[name])
        self.order_fields(move.asks)
        if "unit" in move.asks and move.name != "transfer":
            self.fields["unit"].initial = problem.unit or (problem.point and problem.point.body)

    @property
    def said(self) -> dict:
        """What was typed, as the action takes it."""
        return {name: self.cleaned_data[name] for name in self.move.asks}


BULK_MOVES = {move.name: move for move in (HAND_OVER, ACCEPT, PRESS)}


class BulkForm(AskingForm):
    """The form of one move of many problems of one operation: the same for each of them."""

    def __init__(self, move, problems, person, *arguments, **options):
        super().__init__(*arguments, **options)
        self.move, first = move, problems[0]
        for name in move.asks:
            self.fields[name] = field = BUILDERS[name](move, first, person)
            field.required = name in move.needs and name != "unit"
            field.label = LABELS_OF_MOVE.get((move.name, name), LABELS[name])
        if "unit" in move.asks:
            self.fields["unit"].help_text = _("不填则各交给登记时写明的单位。")
            self.fields["due_at"].help_text = _("不填则各按规定的时限。")

    @property
    def said(self) -> dict:
        return {name: self.cleaned_data[name] for name in self.move.asks}


class ProblemForm(AskingForm):
    """登记问题: one that no visit has brought (M48)."""

    title = forms.CharField(label=gettext_lazy("问题"), max_length=actions.TITLE)
    detail = forms.CharField(
        label=gettext_lazy("事实"), widget=forms.Textarea({"rows": 4}), max_length=actions.DETAIL, required=False,
        help_text=gettext_lazy("时间、地点、现场所见；不写无关人员的姓名。"),
    )  # fmt: skip
    at = InstantField(label=gettext_lazy("发现时刻"), required=False, help_text=gettext_lazy("不填即现在。"))

    field_order = (
        "title", "detail", "point", "area", "at", "klass", "field", "cause", "clause", "responsibility", "unit", "group",
        "uploads",
    )  # fmt: skip

    def __init__(self, operation, person, *arguments, **options):
        super().__init__(*arguments, **options)
        self.fields["at"].zone = operation.tz
        self.fields |= {name: build(operation, person) for name, build in PROBLEM_FIELDS.items()}
        self.order_fields(self.field_order)

    def clean(self):
        said = super().clean()
        if not said.get("point") and not said.get("area") and not {"point", "area"} & self.errors.keys():
            self.add_error("point", _("请写明点位；没有点位的，选一个区域。"))
        return said

    @property
    def said(self) -> dict:
        """The row, as `actions.find` takes it."""
        return {name: self.cleaned_data[name] for name in self.field_order} | {"source_kind": "other"}


def _point_field(operation, person):
    points = points_visible_to(person).filter(area_path__startswith=operation.area_path, is_open=True)
    points = points.select_related("area", "body")
    return PointField(
        points, suggestions=_names(points.order_by("name")[:MOST_SUGGESTED]), address="problem-points",
        label=_("点位"), required=False,
    )  # fmt: skip


def _area_field(operation, person):
    areas = Area.objects.filter(path__startswith=operation.area_path, depth__lte=operation.area.depth + 1).order_by(
        "path"
    )
    return forms.ModelChoiceField(
        areas, label=_("区域"), required=False, empty_label=_("同点位"), to_field_name="code",
        help_text=_("没有点位时选。"),
    )  # fmt: skip


def _choice_of(vocabulary, label, empty=None, **options):
    def build(operation, person):
        choices = _terms(operation, vocabulary)
        return forms.ChoiceField(label=label, choices=choices if empty is None else [("", empty), *choices], **options)

    return build


PROBLEM_FIELDS = {
    "point": _point_field,
    "area": _area_field,
    "klass": _choice_of("classes", gettext_lazy("性质")),
    "field": _choice_of("fields", gettext_lazy("领域"), gettext_lazy("请选择")),
    "cause": _choice_of("causes", gettext_lazy("成因"), gettext_lazy("请选择")),
    "clause": _choice_of("clauses", gettext_lazy("依据"), gettext_lazy("不引条款"), required=False),
    "responsibility": _choice_of("responsibilities", gettext_lazy("责任"), gettext_lazy("未定"), required=False),
    "unit": lambda operation, person: UnitField(
        bodies_of(operation), suggestions=_names(bodies_near(operation, operation.area_path)), address="problem-units",
        label=_("责任单位"), required=False, help_text=_("可在交办时再定。"),
    ),
    "group": lambda operation, person: forms.ModelChoiceField(
        groups_of(operation), label=_("督导组"), required=False, empty_label=_("无")
    ),
    "uploads": lambda operation, person: UploadsField(person, "find", label=_("照片、文件"), required=False),
}  # fmt: skip
