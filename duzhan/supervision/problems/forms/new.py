"""登记问题: one that no visit has brought."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duzhan.base.ui.fields import InstantField
from duzhan.operations.queries import groups_of
from duzhan.places.models import Area
from duzhan.places.queries import points_visible_to

from .. import actions
from .asked import bodies_near, bodies_of, names_of, terms_of
from .fields import MOST_SUGGESTED, PointField, UnitField, UploadsField
from .moves import AskingForm


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
        points, suggestions=names_of(points.order_by("name")[:MOST_SUGGESTED]), address="problem-points",
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
        choices = terms_of(operation, vocabulary)
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
        bodies_of(operation), suggestions=names_of(bodies_near(operation, operation.area_path)), address="problem-units",
        label=_("责任单位"), required=False, help_text=_("可在交办时再定。"),
    ),
    "group": lambda operation, person: forms.ModelChoiceField(
        groups_of(operation), label=_("督导组"), required=False, empty_label=_("无")
    ),
    "uploads": lambda operation, person: UploadsField(person, "find", label=_("照片、文件"), required=False),
}  # fmt: skip
