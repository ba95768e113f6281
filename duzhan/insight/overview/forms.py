"""As of when, and as known when, the first page is asked for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from duzhan.base.ui.fields import InstantField


class MomentForm(forms.Form):
    """Neither is needed: without them the page stands at this instant."""

    as_of = InstantField(label=_("截至（事情发生）"), required=False)
    known_at = InstantField(label=_("已知至（录入系统）"), required=False)

    def __init__(self, operation, address):
        super().__init__(address if {"as_of", "known_at"} & set(address) else {})
        for name in self.fields:
            self.fields[name].zone = operation.tz
            self.fields[name].widget.attrs["placeholder"] = _("此刻")

    def instants(self) -> dict:
        return dict(self.cleaned_data)
