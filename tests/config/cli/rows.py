"""How much there is of what a refusal must not touch."""

from duzhan.base.ledger.models import Event, Seal, Tail
from duzhan.people.models import Person, Post


def state():
    return [(model._meta.label, model.objects.count()) for model in (Event, Seal, Tail, Person, Post)]
