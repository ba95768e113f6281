"""The forms of moves: of one problem, and of many at once."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _

from ..flow import ACCEPT, HAND_OVER, PRESS
from .asked import BUILDERS, LABELS, LABELS_OF_MOVE


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
