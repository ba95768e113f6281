"""A problem as one line of a list: the ledger, the inbox and whatever stands beside a problem."""

from dataclasses import dataclass

from duzhan.base.ui.spelling import Left, time_left

from .. import flow
from ..flow import Stage, is_back

STEPS = {Stage.FOUND: 1, Stage.HANDED_OVER: 2, Stage.ACCEPTED: 3, Stage.RECTIFIED: 4, Stage.CLOSED: 5}


@dataclass(frozen=True)
class Row:
    """What a list shows of a problem; the templates decide nothing."""

    problem: object
    number: str
    url: str
    word: str  # its stage, in a word
    step: int  # 0: it has left the count
    is_late: bool
    left: Left
    field: str
    is_back: bool

    def __getitem__(self, name):
        """Templates ask so first, and only after an error for the attribute."""
        return getattr(self, name)


def row_of(problem, at, url) -> Row:
    return Row(
        problem, problem.number, url, stage_word(problem), STEPS.get(problem.stage, 0), problem.is_overdue(at), left_of(problem, at),
        problem.operation.words.label("fields", problem.field), is_back(problem.stage, problem.is_sent_back),
    )  # fmt: skip


def stage_word(problem) -> str:
    return flow.stage_word(problem.stage, problem.is_sent_back)


def left_of(problem, at) -> Left:
    """How it stands with its clock: what waits for the office or a verifier says how long it has waited."""
    return time_left(problem.due_at, at=at, **clock_of(problem))


def clock_of(problem) -> dict:
    """The instants that the clock of a problem runs by, as the clock component takes them."""
    return CLOCKS.get(problem.stage, lambda problem: {})(problem)


CLOCKS = {
    Stage.FOUND: lambda problem: {"waiting_since": problem.found_at},
    Stage.HANDED_OVER: lambda problem: {"paused_at": problem.paused_at},
    Stage.ACCEPTED: lambda problem: {"paused_at": problem.paused_at},
    Stage.RECTIFIED: lambda problem: {"waiting_since": problem.rectified_at},
    Stage.CLOSED: lambda problem: {"started_at": problem.handed_over_at, "done_at": problem.closed_at},
    Stage.MERGED: lambda problem: {"started_at": problem.found_at, "done_at": problem.changed_at},
    Stage.WITHDRAWN: lambda problem: {"started_at": problem.found_at, "done_at": problem.changed_at},
}
