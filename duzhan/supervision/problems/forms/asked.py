"""What a move may ask for, and how each is asked."""

from django import forms
from django.db.models import Q
from django.db.models.functions import Length
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duzhan.base.clock import deadlines
from duzhan.base.ledger.models import Event
from duzhan.base.ui.fields import InstantField
from duzhan.base.ui.spelling import short_instant
from duzhan.operations.queries import above
from duzhan.people.models import Body, Person

from .. import actions
from ..flow import CLOSE, EXTEND
from .fields import MOST_SUGGESTED, NumberField, UnitField, UploadsField

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
    return UnitField(bodies_of(problem.operation), suggestions=names_of(near), address="problem-units")


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
        terms = terms_of(problem.operation, vocabulary)
        return forms.ChoiceField(choices=terms, initial=getattr(problem, column))

    return build


BUILDERS = {
    "unit": _unit, "due_at": _due_at, "note": _words, "reason": _words, "uploads": _uploads, "visit": _visit,
    "into": _into, "klass": _term("classes", "klass"), "field": _term("fields", "field"),
    "cause": _term("causes", "cause"),
}  # fmt: skip


def terms_of(operation, vocabulary):
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


def names_of(rows):
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
