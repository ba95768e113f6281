"""Who may record a visit, and who may answer a call for help."""

from django.utils.translation import gettext as _

from duzhan.base.errors import NotAllowed
from duzhan.people.models import Role

VISITORS = (Role.INSPECTOR, Role.OFFICE, Role.DISCIPLINE)


def visiting_posts(person, operation, at=None) -> list:
    """The posts from which a person goes out in an operation: inspectors, the office, discipline."""
    return [post for post in person.hats(at) if post.role in VISITORS and post.operation in (None, operation.pk)]


def may_visit(person, operation, area_path, at) -> bool:
    """Inspectors, the office and discipline posts, within their area."""
    return _within(visiting_posts(person, operation, at), operation, area_path)


def _within(posts, operation, area_path):
    return any(post.covers(area_path, operation.pk) for post in posts)


def check_goes_out(person, operation, at=None):
    if not visiting_posts(person, operation, at):
        raise NotAllowed(_("登记走访须是督导办或督导组的在岗人员。"))


def check_may_visit(posts, operation, area_path):
    """`posts`: the `visiting_posts` of somebody at the instant of the visit."""
    if not _within(posts, operation, area_path):
        raise NotAllowed(_("登记走访须是督导办或督导组在岗人员，且点位在其负责区域内。"))


def may_answer(person, help_, at) -> bool:
    return any(
        post.role == Role.OFFICE and post.covers(help_.area_path, help_.operation_id) for post in person.hats(at)
    )


def check_may_answer(person, help_, at):
    if not may_answer(person, help_, at):
        raise NotAllowed(_("求助由督导办协调、答复。"))
