"""Questions about people that more than one door asks."""

import hashlib
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from duzhan.base.clock.instants import now
from duzhan.base.errors import NotFound
from duzhan.base.statements import Question

from . import rules
from .models import Body, Group, Person, Post, Role, Token, not_ended


def token_digest(secret: str) -> str:
    """What is kept of a personal key: enough to know it again, not enough to use it."""
    return hashlib.sha256(secret.encode()).hexdigest()


_persons_with_token = Question(
    lambda digest, at: Person.objects.filter(
        tokens__digest=digest, tokens__revoked_at=None, tokens__expires_at__gt=at, is_active=True
    ),
    str, datetime,
)  # fmt: skip


_posts_with_token = Question(
    lambda digest, at: Post.objects.filter(
        person__tokens__digest=digest, person__tokens__revoked_at=None, person__tokens__expires_at__gt=at,
        person__is_active=True,
    ).select_related("person", "body"),
    str, datetime,
)  # fmt: skip


def person_with_token(secret: str) -> Person | None:
    """Whose valid key this is, if anybody's; with their posts, in one statement."""
    asked = token_digest(secret), now()
    if posts := _posts_with_token(*asked):
        person = posts[0].person
        person.remember_hats(posts)
        return person
    return next(iter(_persons_with_token(*asked)), None)


_persons_numbered = Question(lambda pk: Person.objects.filter(pk=pk), int)
_posts_numbered = Question(lambda pk: Post.objects.filter(person=pk).select_related("person", "body"), int)


_named = {
    Body: Question(lambda numbers: Body.objects.filter(pk__in=numbers), [int]),
    Group: Question(lambda numbers: Group.objects.filter(pk__in=numbers), [int]),
}


def names_of(kind, numbers) -> dict:
    """What people call the bodies or the groups with these numbers (None is nobody): {number: name}."""
    numbers = sorted(number for number in numbers if number is not None)
    return {one.pk: str(one) for one in _named[kind](numbers)} if numbers else {}


def person_numbered(pk) -> Person | None:
    """The person with this number, with their posts, in one statement; active or not."""
    if posts := _posts_numbered(pk):
        person = posts[0].person
        person.remember_hats(posts)
        return person
    return next(iter(_persons_numbered(pk)), None)


def tokens_of(person):
    """A person's own keys, the newest first; what is kept of them opens nothing."""
    return Token.objects.filter(person=person).order_by("-created_at", "-pk")


def persons_kept_by(admin, at=None):
    """The persons whose accounts an administrator keeps: those who hold no post outside the administrator's own.

    Nor are they to hold one later: with a password that was given today one signs in tomorrow. Whose personal data were erased has no account any more.

    Raises NotAllowed for somebody who is none.
    """
    rules.check_administers(admin, at=at)
    reached = Q(pk__in=[])
    for post in rules.admin_posts(admin, at):
        within = Q(area__startswith=post.area)
        reached |= within & Q(operation=post.operation) if post.operation else within
    outside = Post.objects.filter(not_ended(at), ~reached, person=OuterRef("pk"))
    return Person.objects.filter(~Exists(outside), erased_at=None)


def person_for(admin, pk, at=None) -> Person:
    """The person, if this administrator keeps their account. Raises NotFound or NotAllowed."""
    person = persons_kept_by(admin, at).filter(pk=pk).first()
    if person is None:
        raise NotFound()
    return person


def reads_areas(person) -> bool:
    """Does this person see areas as a whole, and not only what their own unit must do?"""
    return any(post.role not in (Role.UNIT, Role.ADMIN) for post in person.hats())


def stands_for_a_unit(person) -> bool:
    """Does this person answer for a unit that must mend?"""
    return any(post.role == Role.UNIT for post in person.hats())
