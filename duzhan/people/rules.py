"""Who keeps accounts and posts: an administrator, as far as their own post reaches and no further."""

from django.utils.translation import gettext as _

from duzhan.base.clock.instants import now
from duzhan.base.errors import NotAllowed

ADMIN = "admin"  # Role.ADMIN; rules stand below the tables and know them by their words alone


def admin_posts(person, at=None) -> list:
    """The posts from which this person keeps accounts."""
    return [post for post in person.hats(at or now()) if post.role == ADMIN]


def check_administers(admin, person=None, at=None):
    """May this person keep accounts, and that of `person`, who may hold, now or later, no post outside their own?"""
    posts = admin_posts(admin, at)
    if not posts:
        raise NotAllowed(_("账号和岗位由系统管理员管理。"))
    if person and person.erased_at:
        raise NotAllowed(_("此人的个人信息已经删除，账号不再使用。"))
    held = person.hats_from(at) if person else ()
    if not all(any(post.covers(each.area, each.operation) for post in posts) for each in held):
        raise NotAllowed(_("此人的岗位超出您负责的区域，请由上一级系统管理员办理。"))
