"""What follows elsewhere: whose personal data were erased has no duty at a point any more."""

from duzhan.base.ledger.deliveries import subscribe

from . import actions


@subscribe("person.erase")
def end_duties(event):
    actions.end_duties_of(event.subject_id, by=None)
