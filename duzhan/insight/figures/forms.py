"""What a page of figures is asked for, as it stands in an address."""

from django import forms
from django.utils.translation import gettext_lazy as _

from duzhan.base.errors import NotFound
from duzhan.base.ledger.queries import Slice
from duzhan.base.ui.fields import InstantField
from duzhan.places.models import Area
from duzhan.places.queries import area_named

MOST_AREAS = 300
MOST = 2**63 - 1  # what a number of a row can be


class AsOf(forms.Form):
    """As of when, known when, and for which part of the operation; nothing of it is needed."""

    as_of = InstantField(label=_("截至（事情发生）"), required=False)
    known_at = InstantField(label=_("已知至（录入系统）"), required=False)
    area = forms.CharField(label=_("区域"), required=False, max_length=60)
    unit = forms.IntegerField(required=False, min_value=0, max_value=MOST, widget=forms.HiddenInput)
    group = forms.IntegerField(required=False, min_value=0, max_value=MOST, widget=forms.HiddenInput)
    kind = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    topic = forms.CharField(required=False, max_length=130, widget=forms.HiddenInput)

    def __init__(self, operation, bound: Slice, address):
        super().__init__(address)
        self.operation, self.bound = operation, bound
        for name in ("as_of", "known_at"):
            self.fields[name].zone = operation.tz
            self.fields[name].widget.attrs["placeholder"] = _("此刻")
        self.fields["area"].widget = forms.Select(choices=self._areas())

    def _areas(self):
        """The areas of the operation that this reader sees, each below the one it belongs to."""
        areas = Area.objects.filter(path__startswith=self.operation.area_path).order_by("path")
        allowed = self.bound.narrowed(area=self.operation.area_path).bounds().get("area", ())
        found = [area for area in areas[:MOST_AREAS] if area.path.startswith(tuple(allowed))]
        top = min((area.depth for area in found), default=0)
        return [("", _("全部"))] + [(area.code, "　" * (area.depth - top) + area.name) for area in found]

    def clean(self):
        """What was read is shown as it is typed: 2022-11-25 18:00."""
        shown = self.data.copy()
        for name in ("as_of", "known_at"):
            if self.cleaned_data.get(name):
                shown[name] = self.fields[name].prepare_value(self.cleaned_data[name])
        if self.cleaned_data.get("area"):
            shown["area"] = self.cleaned_data["area"].code
        self.data = shown

    def clean_area(self):
        """The area with this code or name, within the operation."""
        text = self.cleaned_data["area"]
        try:
            return area_named(text, under=self.operation.area_path) if text else None
        except NotFound as refused:
            raise forms.ValidationError(str(refused)) from None

    def slice(self) -> Slice:
        """The part that is asked for, within what the reader may see."""
        said = self.cleaned_data
        return self.bound.narrowed(
            area=said["area"].path if said["area"] else "", unit=said["unit"], group=said["group"],
            place_kind=said["kind"], topic=said["topic"],
        )  # fmt: skip

    def instants(self) -> dict:
        return {"as_of": self.cleaned_data["as_of"], "known_at": self.cleaned_data["known_at"]}
