"""Sessions as Django keeps them in the database; read by a prepared statement, since every page begins with it."""

from datetime import datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session

from duzhan.base.clock.instants import machine_time, now
from duzhan.base.statements import Question

FORGOTTEN = 1000  # rows that one statement removes: for so few nobody waits long

_kept = Question(lambda key, at: Session.objects.filter(session_key=key, expire_date__gt=at), str, datetime)


class SessionStore(db.SessionStore):
    def _get_session_from_db(self):
        with machine_time():  # a session belongs to no story
            found = _kept(self.session_key, now())
        if not found:
            self._session_key = None
        return found[0] if found else None


def forget_ended(limit=FORGOTTEN) -> int:
    """清理: remove sessions that have run out, which name whoever signed in; returns how many, at most `limit`."""
    with machine_time():
        ended = Session.objects.filter(expire_date__lte=now()).order_by("expire_date")
        return Session.objects.filter(pk__in=ended.values("pk")[:limit]).delete()[0]
