"""The life of a problem, as data. Pages, the API, the documentation and the tests all read this table."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duzhan.base.clock.instants import now
from duzhan.base.errors import CannotMove, NotFound, Refused

from . import rules


class Stage(TextChoices):
    """Where a problem stands (ARCHITECTURE §5)."""

    FOUND = "found", _("待交办")
    HANDED_OVER = "handed_over", _("已交办")
    ACCEPTED = "accepted", _("已签收")
    RECTIFIED = "rectified", _("已报整改")
    CLOSED = "closed", _("已销号")
    MERGED = "merged", _("已合并")
    WITHDRAWN = "withdrawn", _("已撤销")


class Class(TextChoices):
    """What sort of problem: a hazard is not yet a breach (M50), too much is a fault too (M61), conduct is sealed (M62)."""

    ORDINARY = "ordinary", _("一般问题")
    HAZARD = "hazard", _("风险隐患")
    OVER_ENFORCEMENT = "over_enforcement", _("过度防控")
    CONDUCT = "conduct", _("作风纪律")


COUNTED = {Stage.FOUND, Stage.HANDED_OVER, Stage.ACCEPTED, Stage.RECTIFIED, Stage.CLOSED}
HANDED_OVER = COUNTED - {Stage.FOUND}
RECTIFIED = {Stage.RECTIFIED, Stage.CLOSED}
IN_PROGRESS = HANDED_OVER - RECTIFIED
DONE = frozenset({Stage.CLOSED, Stage.MERGED, Stage.WITHDRAWN})  # nothing is left to do
OPEN = frozenset(Stage) - DONE


def is_back(stage, is_sent_back) -> bool:
    """Handed over once more because it was not mended: said apart, counted with what is handed over."""
    return bool(is_sent_back) and stage == Stage.HANDED_OVER


def stage_word(stage, is_sent_back=False) -> str:
    """Where a problem stands, as every page says it."""
    return gettext("已退回") if is_back(stage, is_sent_back) else str(Stage(stage).label)


@dataclass(frozen=True)
class Move:
    """One thing a person may do with a problem: from where, to where, who, and what must be said with it."""

    name: str
    label: str
    start: frozenset
    end: Stage | None  # None: the stage stays
    allowed: rules.Rule
    asks: tuple = ()  # what the form asks for; what it cannot do without stands in `needs`
    needs: tuple = ()

    @property
    def kind(self):
        return f"problem.{self.name}"


S = Stage
HAND_OVER = Move(
    "hand_over", _("交办"), frozenset({S.FOUND}), S.HANDED_OVER, rules.is_supervisor,
    ("unit", "due_at", "note"), ("unit",),
)  # fmt: skip
FIX_ON_THE_SPOT = Move(
    "fix_on_the_spot", _("当场整改"), frozenset({S.FOUND}), S.RECTIFIED, rules.is_supervisor,
    ("unit", "note", "uploads"), ("unit", "note"),
)  # fmt: skip
ACCEPT = Move("accept", _("签收"), frozenset({S.HANDED_OVER}), S.ACCEPTED, rules.is_responsible_unit, ("note",))
REPORT_RECTIFIED = Move(
    "report_rectified", _("报整改"), frozenset({S.HANDED_OVER, S.ACCEPTED}), S.RECTIFIED, rules.is_responsible_unit,
    ("note", "uploads"), ("note",),
)  # fmt: skip
CLOSE = Move(
    "close", _("销号"), frozenset({S.RECTIFIED}), S.CLOSED,
    rules.is_supervisor & rules.is_not_the_finder & rules.is_not_the_rectifier & rules.is_outside,
    ("note", "visit", "uploads"), ("evidence",),
)  # fmt: skip
SEND_BACK = Move(
    "send_back", _("退回"), frozenset({S.RECTIFIED}), S.HANDED_OVER,
    rules.is_supervisor & rules.is_not_the_rectifier & rules.is_outside,
    ("reason", "due_at", "uploads"), ("reason",),
)  # fmt: skip
TRANSFER = Move(
    "transfer", _("转办"), frozenset({S.HANDED_OVER, S.ACCEPTED}), S.HANDED_OVER, rules.is_office,
    ("unit", "due_at", "reason"), ("unit", "reason"),
)  # fmt: skip
PRESS = Move("press", _("督办"), frozenset(IN_PROGRESS), None, rules.may_press, ("note",), ("note",))
ASK_EXTENSION = Move(
    "ask_extension", _("申请延期"), frozenset(IN_PROGRESS), None, rules.is_responsible_unit & rules.is_running,
    ("due_at", "reason"), ("due_at", "reason"),
)  # fmt: skip
EXTEND = Move(
    "extend", _("延期"), frozenset(IN_PROGRESS), None, rules.is_office & rules.is_running,
    ("due_at", "reason"), ("due_at", "reason"),
)  # fmt: skip
PAUSE = Move(
    "pause", _("暂停计时"), frozenset(IN_PROGRESS), None, rules.is_office & rules.is_running, ("reason",), ("reason",)
)
RESUME = Move("resume", _("恢复计时"), frozenset(IN_PROGRESS), None, rules.is_office & rules.is_paused, ("note",))
RECLASSIFY = Move(
    "reclassify", _("改类别"), frozenset(COUNTED - {S.CLOSED}), None, rules.is_office,
    ("klass", "field", "cause", "reason"), ("reason",),
)  # fmt: skip
MERGE = Move(
    "merge", _("合并"), frozenset({S.FOUND} | IN_PROGRESS), S.MERGED, rules.is_office & rules.is_not_the_finder,
    ("into", "reason"), ("into", "reason"),
)  # fmt: skip
WITHDRAW = Move(
    "withdraw", _("撤销"), frozenset({S.FOUND} | IN_PROGRESS), S.WITHDRAWN, rules.is_office & rules.is_not_the_finder,
    ("reason",), ("reason",),
)  # fmt: skip
RELAPSE = Move(
    "relapse", _("复发重开"), frozenset({S.CLOSED}), S.HANDED_OVER, rules.is_supervisor,
    ("reason", "due_at", "visit", "uploads"), ("reason",),
)  # fmt: skip

ADD_EVIDENCE = Move(
    "add_evidence", _("加证据"), frozenset(COUNTED - {S.CLOSED}), None, rules.may_add_evidence, ("note", "uploads"), ("uploads",)
)  # fmt: skip

MOVES = {
    move.name: move
    for move in (
        HAND_OVER, FIX_ON_THE_SPOT, ACCEPT, REPORT_RECTIFIED, CLOSE, SEND_BACK, TRANSFER, PRESS, ASK_EXTENSION,
        EXTEND, PAUSE, RESUME, RECLASSIFY, MERGE, WITHDRAW, RELAPSE, ADD_EVIDENCE,
    )
}  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """A move as it stands before a person: open, or closed with the reason in a sentence."""

    move: Move
    refusal: str = ""

    @property
    def is_open(self):
        return not self.refusal


def check(move, person, problem, at=None):
    """Raise what stands against this move by this person: NotFound, CannotMove or NotAllowed, with its sentence."""
    at = at or now()
    if not rules.may_see(person, problem, at):
        raise NotFound()
    if problem.stage not in move.start:
        raise CannotMove(
            _("%(number)s现在是“%(stage)s”，不能%(move)s。")
            % {"number": problem.number, "stage": Stage(problem.stage).label, "move": move.label},
            stage=str(problem.stage),
            move=move.name,
        )
    move.allowed.check(person, problem, at)


def moves_for(person, problem, at=None) -> list[Move]:
    """The moves that are open to this person now."""
    return [offer.move for offer in offers_for(person, problem, at) if offer.is_open]


def offers_for(person, problem, at=None) -> list[Offer]:
    """Every move that starts from this stage, each open or closed with its reason."""
    return [_offer(move, person, problem, at) for move in MOVES.values() if problem.stage in move.start]


def _offer(move, person, problem, at):
    try:
        check(move, person, problem, at)
    except Refused as refused:
        return Offer(move, refused.message)
    return Offer(move)
