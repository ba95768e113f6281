"""Fields that know the trade: a unit, a point, a number of a problem, photos and files."""

import re
from uuid import UUID

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from duzhan.base.errors import BadInput
from duzhan.base.uploads.actions import receive, still_wanted

from .. import queries

MOST_FILES = 20
MOST_SUGGESTED = 20
ACCEPTED_FILES = ".jpg,.jpeg,.png,.webp,.heic,.pdf,.xlsx,.docx"


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
                wrong.append(_("%(what)s：%(why)s") % {"what": file.name, "why": refused.message})
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
