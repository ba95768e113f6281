"""A person's notices, as their posts let them see them now: what a lost post showed is neither shown nor counted."""

from django.db.models import Exists, OuterRef, Q

from duzhan.base.statements import Question
from duzhan.people.models import Role
from duzhan.supervision.inspections.queries import helps_visible_to
from duzhan.supervision.problems import queries as problems

from . import kinds
from .models import WAITING, Notice

MOST = 100  # the bell counts no further

ASKING = [kind.key for kind in kinds.KINDS.values() if kind.asks]
CLOSED_KINDS = [kind.key for kind in kinds.KINDS.values() if not kind.opens]


def shown_to(person, at=None):
    """The notices of a person that are about what they may open at an instant, and those that open nothing."""
    mine = [post.body_id for post in person.hats(at) if post.role == Role.UNIT]
    problem = Exists(problems.visible_to(person, at).order_by().filter(pk=OuterRef("subject_id")))
    help_ = Exists(helps_visible_to(person, at).order_by().filter(pk=OuterRef("subject_id")))
    opens = ~Q(kind__in=CLOSED_KINDS) & (Q(subject_kind="problem") & problem | Q(subject_kind="help") & help_)
    return Notice.objects.filter(opens | Q(kind__in=CLOSED_KINDS, body__in=mine), person=person)


def unread(person, at=None):
    """Those neither read nor overtaken by a later step."""
    return shown_to(person, at).filter(WAITING)


def to_do(person, at=None):
    """Of the unread ones those that ask for something."""
    return unread(person, at).filter(kind__in=ASKING)


_waiting = Question(lambda person: Notice.objects.filter(WAITING, person=person).order_by()[:1], int)


def unread_count(person) -> int:
    """For the bell on every page: at most MOST, of what waits for this person alone. Where nothing waits, rights are not asked."""
    if not _waiting(person.pk):
        return 0
    return len(unread(person).order_by().values_list("pk")[:MOST])
