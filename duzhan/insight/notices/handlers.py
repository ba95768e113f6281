"""What follows a step: those who should know are told."""

from duzhan.base.ledger.deliveries import subscribe

from . import actions, kinds


@subscribe(*kinds.FOLLOWED)
def tell(event):
    actions.tell(event)
