"""Sessions as Django keeps them in the database; read by a prepared statement, since every page begins with it."""

from datetime import datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session

from duzhan.base import sweeping
from duzhan.base.clock.instants import machine_time, now
from duzhan.base.statements import Question

_kept = Question(lambda key, at: Session.objects.filter(session_key=key, expire_date__gt=at), str, datetime)


class SessionStore(db.SessionStore):
    def _get_session_from_db(self):
        with machine_time():  # a session belongs to no story
            found = _kept(self.session_key, now())
        if not found:
            self._session_key = None
        return found[0] if found else None


def forget_ended() -> int:
    """清理: remove one portion of the sessions that have run out, which name whoever signed in; returns how many."""
    with machine_time():
        return sweeping.remove(Session.objects.filter(expire_date__lte=now()).order_by("expire_date"))
