"""Who may take in outside texts, read them, correct what was read and file it."""

from django.utils.translation import gettext_lazy as _

from duzhan.base.errors import NotAllowed
from duzhan.people.models import Role

TAKERS = {Role.OFFICE, Role.LEADER, Role.INSPECTOR, Role.DISCIPLINE, Role.UNIT}
NO_POST = _("外来通报由在本行动有岗位的人收录。")
NOT_MINE = _("读出的数由收录人或督导办更正。")


def posts_in(person, operation, at=None):
    """The posts this person holds in an operation."""
    return [post for post in person.hats(at) if post.operation in (None, operation.pk)]


def _concerns(post, operation):
    """Does this post's area lie in the operation's, or around it?"""
    return post.area.startswith(operation.area_path) or operation.area_path.startswith(post.area)


def is_office(person, operation, at=None) -> bool:
    """Does this person run the whole of the operation?"""
    return any(
        post.role == Role.OFFICE and post.covers(operation.area_path, operation.pk)
        for post in posts_in(person, operation, at)
    )


def may_take_in(person, operation, at=None) -> bool:
    """Whoever holds a post here."""
    return any(post.role in TAKERS and _concerns(post, operation) for post in posts_in(person, operation, at))


def check_may_take_in(person, operation, at=None):
    if not may_take_in(person, operation, at):
        raise NotAllowed(NO_POST)


def why_not_correct(person, bulletin, at=None) -> str:
    """ "" where this person may correct what was read, else the sentence."""
    if bulletin.taken_in_by_id == person.pk or is_office(person, bulletin.operation, at):
        return ""
    return NOT_MINE


def check_may_correct(person, bulletin, at=None):
    if refusal := why_not_correct(person, bulletin, at):
        raise NotAllowed(refusal)


def check_may_look_into(person, operation, at=None):
    if not is_office(person, operation, at):
        raise NotAllowed(_("自报数与走访记录不符，由督导办核对。"))
