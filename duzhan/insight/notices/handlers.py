"""What follows a step: those who should know are told; and what was told to somebody who is no longer there goes."""

from duzhan.base.ledger.deliveries import subscribe

from . import actions, kinds


@subscribe(*kinds.FOLLOWED)
def tell(event):
    actions.tell(event)


@subscribe("person.erase")
def forget(event):
    actions.forget_all_of(event.subject_id)
