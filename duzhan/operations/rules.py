"""Who may direct an operation, start one, and appoint the people who act in it. Each refusal is a sentence."""

from django.utils.translation import gettext as _

from duzhan.base.clock.instants import now
from duzhan.base.errors import NotAllowed
from duzhan.people.models import Role


def _covering(person, role, area, operation, at):
    return [post for post in person.hats(at or now()) if post.role == role and post.covers(area, operation)]


def may_direct(person, operation, at=None) -> bool:
    """Focuses, groups and the end of an operation are the office's whose area it lies in."""
    return bool(_covering(person, Role.OFFICE, operation.area_path, operation.pk, at))


def check_directs(person, operation, at=None):
    if not may_direct(person, operation, at):
        raise NotAllowed(_("定重点、编组和结束行动，由负责本行动的督导办办理。"))


def offices_of(person, at=None) -> list:
    """The office posts from which a person may start an operation: not those for one operation alone."""
    return [post for post in person.hats(at or now()) if post.role == Role.OFFICE and post.operation is None]


def check_starts(person, area=None, at=None):
    """May this person start an operation (in this area, by its path)?"""
    posts = offices_of(person, at)
    if not posts:
        raise NotAllowed(_("启动行动由督导办办理。"))
    if area is not None and not any(post.covers(area) for post in posts):
        raise NotAllowed(_("这个区域不在您的督导办负责的范围内。"))


def administers(person, at=None) -> list:
    """The posts from which a person appoints others."""
    return [post for post in person.hats(at or now()) if post.role == Role.ADMIN]


def may_appoint(person, area, operation=None, at=None) -> bool:
    return bool(_covering(person, Role.ADMIN, area, operation, at))


def check_appoints(person, area, operation=None, at=None):
    """Nobody gives more than they hold: a post's area and operation lie within the administrator's own."""
    if not may_appoint(person, area, operation, at):
        raise NotAllowed(_("任命和结束岗位由系统管理员办理，且不超出其负责的区域和行动。"))
