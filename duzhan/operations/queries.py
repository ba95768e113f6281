"""Questions about operations that more than one page asks."""

from django.db.models import Q
from django.utils.translation import gettext as _

from duzhan.base.errors import NotFound
from duzhan.base.ledger.queries import Slice
from duzhan.base.statements import Question
from duzhan.people.models import Group, Role, running

from .models import Operation

READERS = {Role.OFFICE, Role.INSPECTOR, Role.LEADER, Role.DISCIPLINE}  # they see an area; a unit sees its own


def visible_to(person, at=None):
    """Operations that this person has anything to do with: their posts' areas lie in it, or around it."""
    found = Q(pk__in=[])
    for post in person.hats(at):
        if post.operation:
            found |= Q(pk=post.operation)
        else:
            found |= Q(area_path__startswith=post.area) | Q(area_path__in=above(post.area))
    return Operation.objects.filter(found).select_related("area", "office").order_by("-started_at")


def sees(person, operation, at=None) -> bool:
    """Is this operation among those that are `visible_to` this person?"""
    return any(
        post.operation == operation.pk
        if post.operation
        else operation.area_path.startswith(post.area) or post.area.startswith(operation.area_path)
        for post in person.hats(at)
    )


def above(path, steplen=4):
    """The paths of the areas around this one, and its own, from the top."""
    return [path[:end] for end in range(steplen, len(path) + 1, steplen)]


_with_code = Question(lambda code: Operation.objects.filter(code=code), str)  # few ask for its area or office


def operation_named(code, *, person=None) -> Operation:
    """The operation with this code, if the person (None: the system) may see it. Raises NotFound."""
    operation = next(iter(_with_code(code)), None)
    if operation is None or not (person is None or sees(person, operation)):
        raise NotFound(_("没有代号为 %(code)s 的行动。") % {"code": code}, field="operation")
    return operation


def slice_for(person, operation, at=None) -> Slice:
    """How much of an operation's figures a person may see: their areas, or else their own units.

    Two sorts of post are not mixed: whoever reads an area is not narrowed by also standing in for a unit.
    """
    posts = [post for post in person.hats(at) if post.operation in (None, operation.pk)]
    areas = tuple(sorted({post.area for post in posts if post.role in READERS}))
    if areas:
        return Slice() if any(operation.area_path.startswith(area) for area in areas) else Slice(areas=areas)
    return Slice(units=tuple(sorted({post.body_id for post in posts if post.role == Role.UNIT})))


def groups_of(operation, at=None):
    """The groups on duty in an operation at an instant."""
    return Group.objects.filter(running(at), operation=operation.pk).select_related("body").order_by("pk")


def focus_word(operation, focus) -> str:
    """What a focus is called in the reader's language, where the pack knows it."""
    return operation.words.label("focuses", focus.code) if focus.code else focus.name


def focuses_of(operation, at=None):
    """What is looked at in an operation at an instant."""
    return operation.focuses.filter(running(at)).order_by("starts_at", "pk")
