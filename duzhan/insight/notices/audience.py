"""Who should know of an event: each question gives the numbers of persons, as the posts stand now."""

from duzhan.people.models import Membership, Post, Role, running
from duzhan.supervision.inspections.models import Help
from duzhan.supervision.problems.flow import Class, Stage
from duzhan.supervision.problems.models import Problem


def unit(event) -> set:
    """Those who stand for the unit that must mend; nobody, where it left the count before it was handed over."""
    was_never_theirs = event.was == Stage.FOUND and event.now in (Stage.MERGED, Stage.WITHDRAWN)
    return set() if was_never_theirs else _unit_posts(event.unit)


def former_unit(event) -> set:
    """Those who stand for the unit that it was taken from."""
    return _unit_posts(event.facts.get("from_unit"))


def _unit_posts(body):
    return _people(Post.objects.filter(running(), role=Role.UNIT, body=body)) if body else set()


def office(event) -> set:
    """The supervision office of the area; for conduct problems the discipline posts (M62)."""
    role = Role.DISCIPLINE if event.topic.startswith(f"{Class.CONDUCT}:") else Role.OFFICE
    above = [event.area[:length] for length in range(len(event.area) + 1)]  # a post covers what begins with its area
    posts = Post.objects.filter(running(), role=role, area__in=above)
    return _people(posts.filter(operation=None)) | _people(posts.filter(operation=event.book))


def verifiers(event) -> set:
    """The office and the group that found it, without those who may not verify what they found or mended (M54)."""
    group = Membership.objects.filter(running(), group=event.group) if event.group else Membership.objects.none()
    found_by, rectified_by = Problem.objects.values_list("found_by", "rectified_by").get(pk=event.subject_id)
    return (office(event) | _people(group)) - {found_by, rectified_by}


def asker(event) -> set:
    """Who brought the call for help home from a visit, if they are still there to be told."""
    asked = Help.objects.filter(pk=event.subject_id, visit__visited_by__erased_at=None)
    return set(asked.values_list("visit__visited_by", flat=True))


def _people(rows):
    return set(rows.values_list("person", flat=True))
