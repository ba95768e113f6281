"""Who may. Each rule is a question about a person in an operation, with the sentence that is said when it is no."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from duzhan.base.errors import NotAllowed
from duzhan.people.models import Membership, Role, running


@dataclass(frozen=True)
class Rule:
    """Posts of these roles, over the whole of the operation or, with `anywhere`, in some part of it."""

    roles: tuple
    refusal: str
    anywhere: bool = False

    def __call__(self, person, operation, at=None) -> bool:
        return any(post.role in self.roles and self._is_in(post, operation) for post in person.hats(at))

    def _is_in(self, post, operation):
        inside = self.anywhere and post.operation in (None, operation.pk) and post.area.startswith(operation.area_path)
        return inside or post.covers(operation.area_path, operation.pk)

    def check(self, person, operation, at=None):
        """Raise NotAllowed with the sentence of this rule."""
        if not self(person, operation, at):
            raise NotAllowed(self.refusal)

    def why_not(self, person, operation, at=None) -> str:
        """ "" where it is allowed, else the sentence: for the button that stands dashed."""
        return "" if self(person, operation, at) else self.refusal


WRITES_REPORT = Rule((Role.OFFICE,), _("日报由督导办起草。"))
FREEZES_REPORT = Rule((Role.OFFICE, Role.LEADER), _("日报由督导办或领导定稿、更正。"))
JOINS_MEETING = Rule(
    (Role.OFFICE, Role.LEADER, Role.INSPECTOR, Role.DISCIPLINE), _("调度会由督导办、督导组和领导参加。"), anywhere=True
)
HOLDS_MEETING = Rule((Role.OFFICE, Role.LEADER), _("调度会由督导办或领导主持。"))
DECIDES = Rule((Role.OFFICE, Role.LEADER), _("决定由督导办或领导在会上作出。"))
OFFICE = Rule((Role.OFFICE,), _("这一步由督导办办理。"))


def may_report_for(person, group, operation, at=None) -> bool:
    """A group's own people speak for it; the office may write down what they say."""
    if OFFICE(person, operation, at):
        return True
    return Membership.objects.filter(running(at), group=group, person=person).exists()


def check_may_report_for(person, group, operation, at=None):
    if not may_report_for(person, group, operation, at):
        raise NotAllowed(_("%(group)s的情况由本组人员或督导办报送。") % {"group": group})


def stands_for(person, body_id, operation, at=None) -> bool:
    """Does this person hold a post at that body, in this operation?"""
    return any(post.body_id == body_id and post.operation in (None, operation.pk) for post in person.hats(at))


def why_not_done(person, decision, at=None) -> str:
    """Who was given a task says that it is done; so may the office."""
    operation = decision.operation
    if OFFICE(person, operation, at) or stands_for(person, decision.unit_id, operation, at):
        return ""
    return _("落实情况由承办单位或督导办填报。")


def check_may_do(person, decision, at=None):
    if refusal := why_not_done(person, decision, at):
        raise NotAllowed(refusal)


def check_may_file(person, body, operation, at=None):
    """A lower body's own people file what it says of itself; the office may enter what came by telephone (M113)."""
    if not OFFICE(person, operation, at) and not stands_for(person, body.pk, operation, at):
        raise NotAllowed(_("自报数由该机构人员或督导办登记。"))
