"""A worker says that it lives; what was given up is tried again."""

import os
import socket
from datetime import timedelta

from django.utils.translation import gettext as _

from duzhan.base.clock.instants import now
from duzhan.base.errors import NotFound
from duzhan.base.ledger import deliveries

from . import rules
from .models import Beat

FORGET_AFTER = timedelta(days=7)


def beat(started_at) -> Beat:
    """Say that the worker of this process lives; workers silent for a week are forgotten."""
    at = now()
    worker = f"{socket.gethostname()[:100]}:{os.getpid()}"
    beat, is_new = Beat.objects.update_or_create(worker=worker, defaults={"at": at, "started_at": started_at})
    if is_new:
        Beat.objects.filter(at__lt=at - FORGET_AFTER).delete()
    return beat


def try_again(ids=None, *, by=None) -> int:
    """再试: give what was given up five more tries; `ids` None: everything. Returns how many.

    `by` None is whoever stands at the server. Raises NotAllowed, or NotFound naming what was not given up; then
    nothing is tried.
    """
    if by is not None:
        rules.check_keeps_the_system(by)
    given_up = set(deliveries.failed().values_list("pk", flat=True))
    wanted = given_up if ids is None else set(ids)
    if missing := sorted(wanted - given_up):
        named = "、".join(map(str, missing))
        raise NotFound(_("没有放弃过这些送达：%(named)s。") % {"named": named}, field="retry")
    deliveries.try_again(wanted)
    return len(wanted)
