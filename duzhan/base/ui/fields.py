"""Fields that every form of the product uses the same way, and the clothes of all others."""

from django import forms
from django.forms.renderers import TemplatesSetting

from duzhan.base.clock.instants import ZONE, now, parse_instant
from duzhan.base.errors import BadInput

from .spelling import field_instant

CLASSES = {
    "checkbox": "form-check-input",
    "radio": "form-check-input",
    "select": "form-select",
    "hidden": "",
    "segments": "",
}


def dress(bound, **attributes):
    """The input of a bound field with our classes and, where it is wrong, the marks that say so. Returns safe HTML."""
    kind = getattr(bound.field.widget, "input_type", None)
    classes = [bound.field.widget.attrs.get("class", ""), CLASSES.get(kind, "form-control")]
    if bound.errors and kind not in ("radio", "checkbox", "segments"):
        classes.append("is-invalid")
    if str(bound.field.widget.attrs.get("placeholder", "")) == str(bound.label):
        attributes.setdefault("placeholder", False)  # it only says the label a second time
    return bound.as_widget(attrs={"class": " ".join(filter(None, classes)), **attributes})


class Renderer(TemplatesSetting):
    """FORM_RENDERER: {{ form }} and {{ form.field.as_field_group }} come out as the gallery shows them."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"


class InstantInput(forms.TextInput):
    """An instant as text, `2022-11-25 18:00`, the same in every browser and language."""

    template_name = "ui/widgets/instant.html"

    def __init__(self, attrs=None):
        super().__init__(
            {
                "inputmode": "numeric",
                "autocomplete": "off",
                "placeholder": "2022-11-25 18:00",
                **(attrs or {}),
            }
        )
        self.zone = ZONE

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["base"] = field_instant(now(), self.zone)
        return context


class InstantField(forms.Field):
    """An instant, read in `zone`; a day alone is its last instant. Cleans to an aware datetime in UTC.

    A form for an operation sets `form.fields["due_at"].zone = operation.tz`.
    """

    widget = InstantInput

    def __init__(self, *, zone=ZONE, **options):
        super().__init__(**options)
        self.zone = zone

    @property
    def zone(self):
        return self._zone

    @zone.setter
    def zone(self, zone):
        self._zone = self.widget.zone = zone

    def to_python(self, value):
        if value in self.empty_values:
            return None
        try:
            return parse_instant(value, self.zone) if isinstance(value, str) else value
        except BadInput as wrong:
            raise forms.ValidationError(str(wrong)) from None

    def prepare_value(self, value):
        return field_instant(value, self.zone) if hasattr(value, "astimezone") else value

    def has_changed(self, initial, data):
        return self.prepare_value(initial) != data if initial else bool(data)


class SegmentInput(forms.RadioSelect):
    """A few answers side by side, 48 px high; those named in `bad` turn red when chosen."""

    input_type = "segments"
    template_name = "ui/widgets/seg.html"

    def __init__(self, attrs=None, choices=(), bad=()):
        super().__init__(attrs, choices)
        self.bad = frozenset(bad)

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["bad"] = self.bad
        return context


def add_refusal(form, refused, names=()):
    """Say a refusal at the field it is about, or at the head of the form. `names`: {its name: the form's}."""
    told = refused.details.get("field", "")
    field = dict(names).get(told, told)
    form.add_error(field if field in form.fields else None, str(refused.message))


def posted(request):
    """What a form is bound to: what was posted, be it empty; None where nothing was."""
    return request.POST if request.method == "POST" else None
