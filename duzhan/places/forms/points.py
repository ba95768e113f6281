"""Points typed one by one, or brought as a table: checked as a whole before any of them is entered."""

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django import forms
from django.core.signing import BadSignature, dumps, loads
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duzhan.base.errors import BadInput, Refused
from duzhan.base.ui.fields import add_refusal
from duzhan.people.models import Body

from .. import rules
from ..models import Area, Point
from .sheets import read_sheet

COLUMNS = {  # what a column means: how its head may be written
    "name": ("名称", "点位名称", "name"),
    "kind": ("类别", "类型", "点位类别", "kind"),
    "area": ("区域", "街道", "所在区域", "area"),
    "body": ("责任单位", "单位", "主体单位", "body"),
    "address": ("地址", "详细地址", "address"),
    "lat": ("纬度", "lat", "latitude"),
    "lon": ("经度", "lon", "lng", "longitude"),
    "datum": ("坐标系", "datum"),
}
NEEDED = ("name", "kind", "area")
DATUMS = {
    "": Point.Datum.WGS84, "wgs84": Point.Datum.WGS84, "gcj02": Point.Datum.GCJ02, "火星坐标": Point.Datum.GCJ02,
    "cgcs2000": Point.Datum.CGCS2000, "国家2000": Point.Datum.CGCS2000,
}  # fmt: skip
REACH = {"lat": 90, "lon": 180}  # degrees
KEPT = 3600  # seconds for which a checked table may be entered
SALT = "duzhan.places.import"


def read_datum(text) -> str:
    """A datum as people write it: GCJ-02, 国家2000; nothing is WGS-84. Raises BadInput for any other, BD-09 too."""
    plain = text.strip().lower().replace("-", "").replace(" ", "")
    if plain not in DATUMS:
        raise BadInput(
            _("不认识坐标系“%(text)s”，可写 WGS-84、GCJ-02 或 CGCS2000。") % {"text": text[:20]}, field="datum"
        )
    return DATUMS[plain]


def read_degrees(text, name) -> Decimal | None:
    """A latitude or longitude to six places, None where nothing is written. Raises BadInput."""
    if not text.strip():
        return None
    try:
        degrees = Decimal(text.strip())
        if not degrees.is_finite() or abs(degrees) > REACH[name]:
            raise InvalidOperation
        return round(degrees, 6)
    except InvalidOperation:
        raise BadInput(
            _("“%(text)s”不是度数，应在 ±%(most)s 以内，如 29.718。") % {"text": text[:20], "most": REACH[name]},
            field=name,
        ) from None


def read_position(given) -> dict:
    """lat, lon and datum of a row of texts: both or none. Raises BadInput."""
    lat, lon = read_degrees(given["lat"], "lat"), read_degrees(given["lon"], "lon")
    if (lat is None) != (lon is None):
        raise BadInput(_("经度和纬度要么都填，要么都不填。"), field="lat" if lat is None else "lon")
    return {"lat": lat, "lon": lon, "datum": read_datum(given["datum"])}


class PointForm(forms.Form):
    """登记点位: one point. `kinds` are the pack's, as choices; `under` the path within which areas are looked for."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=100)
    kind = forms.ChoiceField(label=gettext_lazy("类别"))
    area = forms.CharField(
        label=gettext_lazy("区域"), max_length=60, help_text=gettext_lazy("名称或代码，到街道、社区或楼栋。"),
        widget=forms.TextInput({"list": "areas"}),
    )  # fmt: skip
    body = forms.CharField(
        label=gettext_lazy("责任单位"), max_length=100, required=False, widget=forms.TextInput({"list": "bodies"}),
        help_text=gettext_lazy("谁管这个点位；查出问题默认交办给它。"),
    )  # fmt: skip
    address = forms.CharField(label=gettext_lazy("地址"), max_length=200, required=False)
    lat = forms.CharField(label=gettext_lazy("纬度"), max_length=20, required=False)
    lon = forms.CharField(label=gettext_lazy("经度"), max_length=20, required=False)
    datum = forms.ChoiceField(
        label=gettext_lazy("坐标系"), choices=Point.Datum.choices, initial=Point.Datum.WGS84,
        help_text=gettext_lazy("国内地图软件给出的多是 GCJ-02，定位仪是 WGS-84。"),
    )  # fmt: skip

    def __init__(self, kinds, under, *arguments, **more):
        super().__init__(*arguments, **more)
        self.fields["kind"].choices = kinds
        self.under, self.own = under, set()

    def clean_area(self):
        text = self.cleaned_data["area"]
        return _or_invalid(_area, text, areas_named({text}, self.under))

    def clean_body(self):
        text = self.cleaned_data["body"]
        return _or_invalid(_body, text, bodies_named({text})) if text else None

    def clean(self):
        cleaned = super().clean()
        try:
            cleaned |= read_position({name: self.cleaned_data.get(name, "") for name in ("lat", "lon", "datum")})
        except Refused as refused:
            add_refusal(self, refused)
        if not self.errors and _taken([cleaned]) - self.own:
            self.add_error("name", _("这个区域已有同名同类的点位。"))
        return cleaned


class ChangeForm(PointForm):
    """修改点位: as it stands, to be put right; `seen` is how many events it had when the page was opened."""

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    is_open = forms.BooleanField(
        label=gettext_lazy("在用"), required=False,
        help_text=gettext_lazy("停用的点位不再登记走访；在那里查出过的问题照办。"),
    )  # fmt: skip

    def __init__(self, point, kinds, under, *arguments):
        super().__init__(kinds, under, *arguments, initial=_as_it_stands(point))
        self.point, self.own = point, {(point.name, point.kind, point.area_id)}

    def clean_area(self):
        """The area it has may have a name that others have too."""
        is_the_same = self.cleaned_data["area"] == self.point.area.name
        return self.point.area if is_the_same else super().clean_area()

    def clean_body(self):
        """And so may its body."""
        body = self.point.body
        return body if body and self.cleaned_data["body"] == body.name else super().clean_body()


def _as_it_stands(point) -> dict:
    columns = ("name", "kind", "address", "lat", "lon", "datum", "is_open")
    return {name: getattr(point, name) for name in columns} | {
        "area": point.area.name, "body": point.body.name if point.body else "", "seen": point.seq,
    }  # fmt: skip


def _or_invalid(read, *given):
    try:
        return read(*given)
    except BadInput as refused:
        raise forms.ValidationError(str(refused)) from None


class ImportForm(forms.Form):
    """导入点位: a table to be checked."""

    file = forms.FileField(label=gettext_lazy("表格"), help_text=gettext_lazy("CSV 或 XLSX，一行一个点位。"))

    def __init__(self, *arguments, **more):
        super().__init__(*arguments, **more)
        self.fields["file"].widget.attrs["accept"] = ".csv,.xlsx,text/csv"

    def clean_file(self):
        try:
            return read_sheet(self.cleaned_data["file"])
        except BadInput as refused:
            raise forms.ValidationError(str(refused)) from None


def kept_for_entering(cells, person, operation) -> str:
    """A checked table as a text that only this person may bring back, within the hour."""
    return dumps({"by": person.pk, "operation": operation.pk, "cells": cells}, salt=SALT, compress=True)


def brought_back(text, person, operation) -> list:
    """The table of `kept_for_entering`. Raises BadInput for one that is altered, old or somebody else's."""
    try:
        kept = loads(text, salt=SALT, max_age=KEPT)
    except BadSignature:  # too old is one, too
        kept = {}
    if (kept.get("by"), kept.get("operation")) != (person.pk, operation.pk):
        raise BadInput(_("检查过的表格已过期，请重新选择文件。"), field="file")
    return kept["cells"]


# --- a table ----------------------------------------------------------------------------------------------------


@dataclass
class Checked:
    """A table that was looked through: rows for `register_points`, and what is wrong as (row, head, sentence)."""

    rows: list = field(default_factory=list)
    numbers: list = field(default_factory=list)  # of the rows, as in the table
    errors: list = field(default_factory=list)


def check_table(cells, person, operation) -> Checked:
    """Look through a table of points for an operation: every row, every mistake, nothing entered (M32).

    Raises BadInput where the head is not understood.
    """
    checked = Checked()
    found = _by_column(cells)
    if not found:
        raise BadInput(_("表里没有点位。"), field="file")
    known = _Known(found, person, operation)
    for number, given in found:
        try:
            checked.rows.append(_row(given, known))
            checked.numbers.append(number)
        except BadInput as refused:
            checked.errors.append((number, COLUMNS[refused.details["field"]][0], str(refused)))
    _check_twins(checked)
    checked.errors.sort()
    return checked


def _by_column(cells):
    """[(row number, {column: text})] below the first row that holds anything."""
    rows = [(number, row) for number, row in enumerate(cells, 1) if any(row)]
    if not rows:
        return []
    heads = {_plain(head): place for place, head in reversed(list(enumerate(rows[0][1])))}
    places = {
        name: next((heads[word] for word in map(_plain, words) if word in heads), None)
        for name, words in COLUMNS.items()
    }
    missing = [COLUMNS[name][0] for name in NEEDED if places[name] is None]
    if missing:
        raise BadInput(_("第一行没有这些列：%(names)s。") % {"names": "、".join(missing)}, field="file")
    return [(number, {name: _cell(row, place) for name, place in places.items()}) for number, row in rows[1:]]


def _plain(head):
    return head.strip().lower().rstrip("*＊")


def _cell(row, place):
    return row[place] if place is not None and place < len(row) else ""


class _Known:
    """What the texts of a whole table stand for, asked of the database once."""

    def __init__(self, found, person, operation):
        self.person, self.operation = person, operation
        self.areas = areas_named({given["area"] for _number, given in found}, operation.area_path)
        self.bodies = bodies_named({given["body"] for _number, given in found} - {""})
        terms = operation.words.place_kinds.values()
        self.kinds = {word: term.code for term in terms for word in (term.en.lower(), term.zh, term.code)}


def _row(given, known):
    name = given["name"]
    if not 0 < len(name) <= 100:
        raise BadInput(_("名称要有，且不超过 100 字。"), field="name")
    kind = known.kinds.get(given["kind"].lower())
    if kind is None:
        raise BadInput(_("没有“%(text)s”这种点位类别。") % {"text": given["kind"][:40]}, field="kind")
    area = _area(given["area"], known.areas)
    if not rules.may_register(known.person, area.path, known.operation.pk):
        raise BadInput(_("“%(text)s”不在您的督导办负责的范围内。") % {"text": given["area"]}, field="area")
    body = _body(given["body"], known.bodies) if given["body"] else None
    if len(given["address"]) > 200:
        raise BadInput(_("地址超过 200 字。"), field="address")
    return {
        "name": name, "kind": kind, "area": area, "body": body, "address": given["address"], **read_position(given),
    }  # fmt: skip


def _area(text, named):
    found = named.get(text, [])
    if not found:
        raise BadInput(_("本行动的区域里没有“%(text)s”。") % {"text": text[:40]}, field="area")
    if len(found) > 1:
        told = _("“%(text)s”有 %(count)d 个，请写代码。") % {"text": text, "count": len(found)}
        raise BadInput(told, field="area")
    return found[0]


def areas_named(texts, under) -> dict[str, list]:
    """The areas each text may mean, the highest only: a county before a street of the same name."""
    rows = Area.objects.filter(Q(code__in=texts) | Q(name__in=texts) | Q(short_name__in=texts), path__startswith=under)
    found = {}
    for area in rows.order_by("depth", "path"):
        for text in {area.code, area.name, area.short_name} & texts:
            same = found.setdefault(text, [])
            if not same or same[0].depth == area.depth:
                same.append(area)
    return found


def bodies_named(texts) -> dict[str, list]:
    """The bodies each text may mean."""
    found = {}
    for body in Body.objects.filter(Q(name__in=texts) | Q(short_name__in=texts)).order_by("pk"):
        for text in {body.name, body.short_name} & texts:
            found.setdefault(text, []).append(body)
    return found


def _body(text, named):
    found = named.get(text, [])
    if not found:
        raise BadInput(_("没有叫“%(text)s”的单位。") % {"text": text[:40]}, field="body")
    if len(found) > 1:
        raise BadInput(_("有几个单位叫“%(text)s”，请写全称。") % {"text": text[:40]}, field="body")
    return found[0]


def _identity(row):
    return row["name"], row["kind"], row["area"].pk


def _taken(rows):
    """Which of these are registered already, by name, kind and area."""
    names, areas = {row["name"] for row in rows}, {row["area"] for row in rows}
    known = Point.objects.filter(name__in=names, area__in=areas).values_list("name", "kind", "area_id")
    return {_identity(row) for row in rows} & set(known)


def _check_twins(checked):
    """The same point twice in the table, or already registered."""
    taken, seen = _taken(checked.rows) if checked.rows else set(), {}
    for number, row in zip(checked.numbers, checked.rows, strict=True):
        identity = _identity(row)
        if identity in seen:
            told = _("与第 %(other)d 行重复：同名、同类、同区域。") % {"other": seen[identity]}
            checked.errors.append((number, COLUMNS["name"][0], told))
        elif identity in taken:
            checked.errors.append((number, COLUMNS["name"][0], _("这个区域已有同名同类的点位。")))
        seen.setdefault(identity, number)
