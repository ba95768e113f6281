"""Filters of the lists, as they stand in their addresses; other pages link to them."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from duzhan.base.clock.instants import end_of_day, start_of_day
from duzhan.base.errors import BadInput
from duzhan.operations.queries import focus_word
from duzhan.people.models import Group
from duzhan.places.models import Area
from duzhan.places.queries import area_with_code

from ..models import Help, Visit


class Sought(forms.Form):
    """What every list here can be cut down by: words and an area of the operation."""

    q = forms.CharField(max_length=60, required=False, label=gettext_lazy("查找"))
    area = forms.CharField(max_length=12, required=False, label=gettext_lazy("区域"))

    words_in = ("name",)  # columns in which `q` is looked for
    selects = ("area",)  # filters that are shown as a choice, in this order
    apart = ""  # the filter that stands as tabs, each with its count

    def __init__(self, operation, *arguments, **more):
        super().__init__(*arguments, **more)
        self.operation = operation
        areas = Area.objects.filter(path__startswith=operation.area_path, depth=operation.area.depth + 1)
        self.areas = {area.code: area for area in areas.order_by("code")}

    def clean_area(self):
        """An area by its code, of any depth: whoever links here means one."""
        code = self.cleaned_data["area"]
        if not code:
            return None
        area = self.areas.get(code) or area_with_code(code, under=self.operation.area_path)
        if area is None:
            raise forms.ValidationError(_("本行动没有代码为 %(code)s 的区域。") % {"code": code})
        return area

    def asked(self) -> dict:
        """What is asked for. Raises BadInput naming the filter that cannot be read."""
        if not self.is_valid():
            name, sentences = next(iter(self.errors.items()))
            told = {"name": self.fields[name].label, "why": sentences[0]}
            raise BadInput(_("筛选“%(name)s”读不懂：%(why)s") % told, field=name)
        return self.cleaned_data

    def where(self) -> Q:
        """The condition that all filters make but the one that stands apart."""
        asked, where = self.asked(), Q()
        if asked["q"]:
            for column in self.words_in:
                where |= Q(**{f"{column}__icontains": asked["q"]})
        for name, value in asked.items():
            if value and name in self.conditions():
                where &= self.conditions()[name](value)
        return where

    @property
    def apart_value(self) -> str:
        return self.cleaned_data[self.apart] if self.apart else ""

    def conditions(self) -> dict:
        return {"area": lambda area: Q(area_path__startswith=area.path)}

    def choices(self) -> list:
        """The filters that are a choice, for the template: name, label, and (value, word, is chosen)."""
        return [
            {"name": name, "label": self.fields[name].label, "options": [
                (value, word, value == str(self[name].value() or "")) for value, word in self._options(name)
            ]}
            for name in self.selects
        ]  # fmt: skip

    def _options(self, name):
        if name != "area":
            return self.fields[name].choices
        chosen = self.cleaned_data["area"]
        named = {code: str(area) for code, area in self.areas.items()} | ({chosen.code: str(chosen)} if chosen else {})
        return [("", _("区域：全部")), *named.items()]

    def tags(self, address) -> list:
        """The filters in force, each with the address without it. `address` is request.GET."""
        told = []
        for name, value in self.cleaned_data.items():
            if value not in (None, "", False) and name != self.apart:
                rest = address.copy()
                for other in (name, "after", "before"):
                    rest.pop(other, None)
                word = dict(getattr(self.fields[name], "choices", ())).get(value, value)
                told.append(
                    {
                        "label": _("%(what)s：%(why)s") % {"what": self.fields[name].label, "why": word},
                        "url": f"?{rest.urlencode()}",
                    }
                )
        return told

    def tabs(self, address, counts) -> list:
        """The filter that stands apart as tabs, with the count of each value where it is known."""
        chosen, told = self.cleaned_data[self.apart], []
        for value, label in self.fields[self.apart].choices:
            rest = address.copy()
            for other in (self.apart, "after", "before"):
                rest.pop(other, None)
            if value:
                rest[self.apart] = value
            count = counts.get(value)
            told.append({"label": label, "count": count, "url": f"?{rest.urlencode()}", "is_current": value == chosen})
        return told


class VisitsSought(Sought):
    """Which visits."""

    group = forms.ChoiceField(required=False, label=gettext_lazy("督导组"))
    purpose = forms.ChoiceField(required=False, label=gettext_lazy("目的"))
    focus = forms.ChoiceField(required=False, label=gettext_lazy("重点"))
    day = forms.DateField(
        required=False, label=gettext_lazy("日期"), input_formats=["%Y-%m-%d"],
        error_messages={"invalid": gettext_lazy("请写成 2022-11-25。")},
    )  # fmt: skip
    found = forms.ChoiceField(
        required=False, label=gettext_lazy("问题"),
        choices=(("", gettext_lazy("全部")), ("yes", gettext_lazy("发现问题")), ("no", gettext_lazy("未发现问题"))),
    )  # fmt: skip

    words_in = ("point__name",)
    selects = ("area", "group", "purpose", "focus")
    apart = "found"

    def __init__(self, operation, *arguments, **more):
        super().__init__(operation, *arguments, **more)
        groups = Group.objects.filter(operation=operation.pk).order_by("pk")
        self.fields["group"].choices = [("", _("督导组：全部")), *((str(group.pk), str(group)) for group in groups)]
        self.fields["purpose"].choices = [("", _("目的：全部")), *Visit.Purpose.choices]
        focuses = operation.focuses.order_by("starts_at", "pk")
        self.fields["focus"].choices = [
            ("", _("重点：全部")),
            *((str(focus.pk), focus_word(operation, focus)) for focus in focuses),
        ]

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day and not 2000 <= day.year <= 2100:
            raise forms.ValidationError(_("请写成 2022-11-25。"))
        return day

    def conditions(self):
        zone = self.operation.tz
        return super().conditions() | {
            "group": lambda pk: Q(group=pk),
            "purpose": lambda purpose: Q(purpose=purpose),
            "focus": lambda pk: Q(focus=pk),
            "day": lambda day: Q(visited_at__range=(start_of_day(day, zone), end_of_day(day, zone))),
        }


class PointsSought(Sought):
    """Which points; `unvisited`: never, or for how many days (M26)."""

    kind = forms.ChoiceField(required=False, label=gettext_lazy("类别"))
    unvisited = forms.ChoiceField(
        required=False, label=gettext_lazy("走访"),
        choices=(
            ("", gettext_lazy("全部")), ("never", gettext_lazy("从未走访")), ("1", gettext_lazy("超过 1 天没去")),
            ("3", gettext_lazy("超过 3 天没去")), ("7", gettext_lazy("超过 7 天没去")),
        ),
    )  # fmt: skip

    words_in = ("name", "address")
    selects = ("area", "kind")
    apart = "unvisited"

    def __init__(self, operation, *arguments, **more):
        super().__init__(operation, *arguments, **more)
        self.fields["kind"].choices = [("", _("类别：全部")), *operation.words.choices("place_kinds")]

    def conditions(self):
        return super().conditions() | {"kind": lambda kind: Q(kind=kind)}


class HelpsSought(Sought):
    """Which calls for help."""

    stage = forms.ChoiceField(
        required=False, label=pgettext_lazy("求助", "阶段"), choices=[("", gettext_lazy("全部")), *Help.Stage.choices]
    )

    words_in = ("text", "point__name")
    apart = "stage"


class WhereForm(forms.Form):
    """Which point is meant: by words or its number, or by where one stands."""

    q = forms.CharField(max_length=60, required=False, label=gettext_lazy("查找"))
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, label=gettext_lazy("纬度"))
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, label=gettext_lazy("经度"))
    accuracy = forms.FloatField(required=False, min_value=0, max_value=1e7, label=gettext_lazy("定位误差"))
