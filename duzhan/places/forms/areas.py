from django import forms


class Sought(forms.Form):
    """Which areas are looked for: by name or code, or below one."""

    q = forms.CharField(max_length=60, required=False)
    under = forms.CharField(max_length=60, required=False)
