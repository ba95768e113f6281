"""The life of a problem and of everything else that has stages, from the tables that the server asks."""

from duzhan.base.ledger.models import subjects
from duzhan.supervision.problems.flow import MOVES, Stage

from .events import kinds
from .writing import both, code, first_sentence, page, table, words_of

PICTURE = "problem-flow.svg"


def text() -> str:
    return page(
        "Flows",
        "## A problem",
        "Found, handed over to a unit, signed for, reported as rectified, verified and closed. The page's buttons, the "
        "API's `allowed_moves` and the server's refusals all come from this one table.",
        f"![The stages of a problem and the moves between them](../pictures/{PICTURE})",
        table(["stage", "中文", "English"], words_of(Stage.choices)),
        table(["move", "中文", "English", "from", "to", "who", "asks for"], [_row(move) for move in MOVES.values()]),
        "What a move cannot do without is **bold**; `evidence` is a visit that looked, or uploads. Each rule, and what is said when it does not hold:",
        table(["rule", "中文", "English"], _rules()),
        *_others(),
    )


def _row(move):
    start = ", ".join(code(stage) for stage in Stage.values if stage in move.start)
    asks = [f"**{each}**" if each in move.needs else each for each in move.asks]
    needed = [f"**{each}**" for each in move.needs if each not in move.asks]
    rules = " and ".join(code(_name(rule)) for rule in move.allowed.each())
    return code(move.name), *both(move.label), start, code(move.end or ""), rules, ", ".join(asks + needed)


def _name(rule):
    return rule.holds.__name__


def _rules():
    met = {_name(rule): rule for move in MOVES.values() for rule in move.allowed.each()}
    return [(code(name), *both(rule.refusal)) for name, rule in sorted(met.items())]


def _others():
    """Whatever else has stages: its stages, and the events that move it."""
    for name, model in sorted(subjects().items()):
        if name == "problem" or not hasattr(model, "Stage"):
            continue
        yield f"## {name}\n\n{first_sentence(model.__doc__)}"
        yield table(["stage", "中文", "English"], words_of(model.Stage.choices))
        moves = [
            (code(kind.name), kind.was, kind.now) for kind in kinds().values() if kind.subject_kind == name and kind.now
        ]
        yield table(["event", "was", "now"], moves)
