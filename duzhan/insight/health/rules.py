"""Who may look after the system: an administrator of everything."""

from django.utils.translation import gettext as _

from duzhan.base.clock.instants import now
from duzhan.base.errors import NotAllowed

ADMIN = "admin"  # Role.ADMIN; rules stand below the tables and know them by their words alone


def keeps_the_system(person, at=None) -> bool:
    """What waits in the worker may be of any area and operation, so nobody narrower sees it."""
    posts = person.hats(at or now())
    return any(post.role == ADMIN and post.area == "" and post.operation is None for post in posts)


def check_keeps_the_system(person, at=None):
    if not keeps_the_system(person, at):
        raise NotAllowed(_("系统状况由管全部区域和行动的系统管理员查看。"))
