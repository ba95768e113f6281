"""Of what is told, to whom, in which words, and which later steps make it needless. One more kind is one more entry."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from . import audience

LEFT = frozenset({"problem.merge", "problem.withdraw"})  # it has left the count
ELSEWHERE = LEFT | {"problem.transfer"}
MENDED = ELSEWHERE | {"problem.report_rectified", "problem.close"}
TAKEN = MENDED | {"problem.accept"}
VERIFIED = LEFT | {"problem.close", "problem.send_back"}
ANSWERED = MENDED | {"problem.extend", "problem.ask_extension"}


@dataclass(frozen=True)
class Kind:
    """One sort of notice. `says` may speak of %(unit)s and %(due)s."""

    event: str
    to: Callable
    says: str
    done_by: frozenset = frozenset()
    is_to_unit: bool = False
    asks: bool = False  # the receiver is to do something
    opens: bool = True  # False: the receiver may no longer open the thing, and is told its number alone
    name: str = ""

    @property
    def key(self) -> str:
        return self.name or self.event


def _unit(event, says, done_by, **more):
    return Kind(event, audience.unit, says, done_by, is_to_unit=True, **more)


KINDS = {
    kind.key: kind
    for kind in (
        _unit("problem.hand_over", _("交办给%(unit)s，限%(due)s。"), TAKEN, asks=True),
        _unit("problem.transfer", _("转办给%(unit)s，限%(due)s。"), TAKEN, asks=True),
        _unit("problem.send_back", _("核验没有通过，退回%(unit)s，限%(due)s。"), TAKEN, asks=True),
        _unit("problem.relapse", _("复发重开，由%(unit)s再整改，限%(due)s。"), TAKEN, asks=True),
        _unit("problem.press", _("督办：请%(unit)s抓紧整改。"), MENDED, asks=True),
        _unit("problem.extend", _("时限改为%(due)s。"), MENDED),
        _unit("problem.pause", _("暂停计时。"), MENDED | {"problem.resume"}),
        _unit("problem.resume", _("恢复计时，限%(due)s。"), MENDED | {"problem.pause"}),
        _unit("problem.close", _("核验通过，已销号。"), frozenset({"problem.relapse"})),
        _unit("problem.merge", _("并入另一件，不必再单独整改。"), frozenset()),
        _unit("problem.withdraw", _("已撤销，不必再整改。"), frozenset()),
        Kind("problem.transfer", audience.former_unit, _("已转由别的单位办理，%(unit)s不再负责。"), frozenset(),
             is_to_unit=True, opens=False, name="problem.transfer:former"),
        Kind("problem.ask_extension", audience.office, _("%(unit)s申请延期，请答复。"), ANSWERED, asks=True),
        Kind("problem.report_rectified", audience.verifiers, _("%(unit)s已报整改，请核验。"), VERIFIED, asks=True),
        Kind("problem.fix_on_the_spot", audience.verifiers, _("当场整改，请另一人核验。"), VERIFIED, asks=True),
        Kind("help.ask", audience.office, _("走访带回一项求助，请协调。"), frozenset({"help.answer"}), asks=True),
        Kind("help.answer", audience.asker, _("您带回的求助已有答复。")),
    )
}  # fmt: skip

OF_EVENT = {
    event: [kind for kind in KINDS.values() if kind.event == event] for event in {k.event for k in KINDS.values()}
}
ENDED_BY = {
    event: [kind.key for kind in KINDS.values() if event in kind.done_by]
    for event in frozenset().union(*(kind.done_by for kind in KINDS.values()))
}
FOLLOWED = sorted(OF_EVENT.keys() | ENDED_BY.keys())
