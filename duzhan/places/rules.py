"""Who may enter points: the office in whose area they lie."""

from django.utils.translation import gettext as _

from duzhan.base.clock.instants import now
from duzhan.base.errors import NotAllowed
from duzhan.people.models import Role


def may_register(person, area_path, operation=None, at=None) -> bool:
    """May this person enter a point in this area (a path), in this operation (its number)?"""
    posts = person.hats(at or now())
    return any(post.role == Role.OFFICE and post.covers(area_path, operation) for post in posts)


def check_keeps(person, area_path, operation=None, at=None):
    """Whoever may enter a point in an area keeps those that are there. Raises NotAllowed."""
    if not may_register(person, area_path, operation, at):
        raise NotAllowed(_("点位由所在区域的督导办修改。"))


def check_registers(person, at=None):
    if not any(post.role == Role.OFFICE for post in person.hats(at or now())):
        raise NotAllowed(_("点位由督导办登记。"))
