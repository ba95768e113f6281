"""Who may. Each rule is a question with the sentence that is said when the answer is no."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from duzhan.base.errors import CannotMove, NotAllowed
from duzhan.people.models import Role
from duzhan.places.queries import holds_post_at


@dataclass(frozen=True)
class Rule:
    """A predicate (person, problem, at) and the refusal that it stands for; rules are joined with `&`."""

    holds: callable
    refusal: str = ""
    error: type = NotAllowed
    parts: tuple = ()

    def __and__(self, other):
        return Rule(lambda *asked: self(*asked) and other(*asked), parts=(*self.each(), *other.each()))

    def __call__(self, person, problem, at) -> bool:
        return self.holds(person, problem, at)

    def each(self):
        return self.parts or (self,)

    def check(self, person, problem, at):
        """Raise the first refusal that applies, with its sentence."""
        for rule in self.each():
            if not rule.holds(person, problem, at):
                raise rule.error(rule.refusal)


def rule(refusal, error=NotAllowed):
    return lambda holds: Rule(holds, refusal, error)


def _has_post(person, problem, at, *roles):
    return any(post.role in roles and post.covers(problem.area_path, problem.operation_id) for post in person.hats(at))


@rule(_("这一步由督导办办理。"))
def is_office(person, problem, at):
    return _has_post(person, problem, at, Role.OFFICE)


@rule(_("这一步由督导办或督导组办理。"))
def is_supervisor(person, problem, at):
    return _has_post(person, problem, at, Role.OFFICE, Role.INSPECTOR, Role.DISCIPLINE)


@rule(_("这一步由督导办、督导组或领导办理。"))
def may_press(person, problem, at):
    return _has_post(person, problem, at, Role.OFFICE, Role.INSPECTOR, Role.DISCIPLINE, Role.LEADER)


@rule(_("这一步由责任单位办理。"))
def is_responsible_unit(person, problem, at):
    return any(post.role == Role.UNIT and post.body_id == problem.unit_id for post in person.hats(at))


@rule(_("证据由督导办、督导组或责任单位补充。"))
def may_add_evidence(person, problem, at):
    return is_supervisor(person, problem, at) or is_responsible_unit(person, problem, at)


@rule(_("发现此件的人不能自己办这一步，请由另一人办理。"))
def is_not_the_finder(person, problem, at):
    return person.pk != problem.found_by_id


@rule(_("报整改的人不能自己核验，请由另一人办理。"))
def is_not_the_rectifier(person, problem, at):
    return person.pk != problem.rectified_by_id


@rule(_("在该点位任职、值守的人不能核验该点位的问题。"))
def holds_no_post_there(person, problem, at):
    return not holds_post_at(person, problem.point_id, at)


@rule(_("在责任单位任职的人不能核验本单位的问题。"))
def holds_no_post_at_the_unit(person, problem, at):
    return not is_responsible_unit(person, problem, at)


is_outside = holds_no_post_there & holds_no_post_at_the_unit  # M14: nobody verifies where they stand themselves


@rule(_("计时已经暂停，请先恢复计时。"), CannotMove)
def is_running(person, problem, at):
    return problem.paused_at is None


@rule(_("计时没有暂停。"), CannotMove)
def is_paused(person, problem, at):
    return problem.paused_at is not None


def check_may_find(person, operation, area_path, at):
    """Raise NotAllowed unless this person supervises there (a visit asks its own rule)."""
    roles = (Role.OFFICE, Role.INSPECTOR, Role.DISCIPLINE)
    if not any(post.role in roles and post.covers(area_path, operation.pk) for post in person.hats(at)):
        raise NotAllowed(_("登记问题须是督导办或督导组在岗人员，且地点在其负责区域内。"))


def may_see(person, problem, at) -> bool:
    """May this person open this problem at all?

    Conduct problems are for discipline posts, their finder and the unit that must mend them (M62).
    """
    if problem.handed_over_at is not None and is_responsible_unit(person, problem, at):
        return True
    if problem.klass == "conduct":
        return person.pk == problem.found_by_id or _has_post(person, problem, at, Role.DISCIPLINE)
    return _has_post(person, problem, at, Role.OFFICE, Role.INSPECTOR, Role.DISCIPLINE, Role.LEADER)
