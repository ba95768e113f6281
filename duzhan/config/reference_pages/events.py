"""Every kind of event that is written to the ledger, found where it is written."""

import ast
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from duzhan.base.ledger import deliveries
from duzhan.base.ledger.models import subjects
from duzhan.supervision.problems import actions as problem_actions
from duzhan.supervision.problems.flow import COUNTED, MOVES, Stage

from .writing import code, first_sentence, page, table

PRODUCT = Path(settings.ROOT) / "duzhan"

SAID = {  # what no docstring says by itself
    "problem.find": "发现: a problem was entered.",
    "group.form": "组建: a group was formed for an operation.",
    "membership.post": "抽调: a person was posted to a group.",
    "membership.release": "归队: a person was released from a group, as it was stood down.",
    "person.register": "开户: somebody was given an account.",
    "person.rehash": "换算法: the same password was hashed anew as its owner signed in, by newer rules.",
    "person.change": "Saved by a library or at the command line of the machine: its columns are told, nobody is named.",
    "area.add": "录入区域: an area was added to the tree.",
    "body.found": "设立: a body was entered.",
    "point.register": "登记点位: a place that can be visited was entered.",
    "post.appoint": "任命: a person was put into a post.",
    "report.seal": "封存: the ledger was sealed up to this report, and the report knows the seal.",
    "amendment.seal": "封存: the ledger was sealed up to this correction, and the correction knows the seal.",
    "visit.record": "走访: a visit was made, with or without a finding.",
    "help.ask": "求助: those who were visited say what is hard for them.",
}


@dataclass(frozen=True)
class Kind:
    """One kind of event: its name, the stages before and after, what it means."""

    name: str
    was: str
    now: str
    meaning: str

    @property
    def subject_kind(self):
        return self.name.partition(".")[0]


@cache
def kinds() -> dict:
    """Every kind by its name. Raises LookupError for one whose meaning nobody has said."""
    found = {}
    for kind in [*_moves(), *_written()]:
        if not kind.meaning:
            raise LookupError(f"{kind.name}: give the function that records it a docstring")
        found.setdefault(kind.name, kind)
    return dict(sorted(found.items()))


def _moves():
    for move in MOVES.values():
        was = ", ".join(stage for stage in Stage.values if stage in move.start)
        meaning = first_sentence(getattr(problem_actions, move.name).__doc__)
        yield Kind(move.kind, was, move.end or "the same", meaning)


def _written():
    for path in sorted(PRODUCT.rglob("*.py")):
        if {path.stem, path.parent.name} & {"actions", "models"} and "ledger" not in path.parts:
            yield from _written_in(ast.parse(path.read_text(encoding="utf-8")))


def _written_in(tree):
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for function in functions:
        for call in ast.walk(function):
            for name in _named_in(call):
                meaning = SAID.get(name) or first_sentence(_docstring(function, functions))
                yield Kind(name, _stage(call, "was"), _stage(call, "now"), meaning)


def _named_in(call):
    """The kinds that stand among the positional arguments of a call: `record(subject, "problem.close", …)`."""
    if isinstance(call, ast.Call):
        either = [[each.body, each.orelse] if isinstance(each, ast.IfExp) else [each] for each in call.args]
        values = [each.value for each in sum(either, []) if isinstance(each, ast.Constant)]
        yield from (value for value in values if isinstance(value, str) and is_kind(value))


def is_kind(text) -> bool:
    """Is this the name of a kind of event: a subject's kind, a dot, a verb?"""
    subject, dot, verb = text.partition(".")
    return bool(dot and subject in subjects() and re.fullmatch(r"[a-z_]+", verb))


def _docstring(function, functions):
    """Its own, or else that of whoever calls it."""
    if told := ast.get_docstring(function):
        return told
    callers = (other for other in functions if function.name in _calls(other))
    return next((told for caller in callers if (told := ast.get_docstring(caller))), "")


def _calls(function):
    called = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return {func.id for func in called if isinstance(func, ast.Name)}


def _stage(call, name):
    for keyword in call.keywords:
        if keyword.arg == name and isinstance(keyword.value, ast.Constant):
            return keyword.value.value
        if keyword.arg == name and "Stage." in ast.unparse(keyword.value):  # Report.Stage.FROZEN
            return ast.unparse(keyword.value).rpartition(".")[2].lower()
    return ""


def text() -> str:
    return page("Events", INTRODUCTION, *_by_subject(), _leave(), FIELDS, table(["field", "what it says"], COLUMNS))


def _by_subject():
    by_subject, follows = defaultdict(list), deliveries.subscriptions()
    for kind in kinds().values():
        by_subject[kind.subject_kind].append(kind)
    for subject, of_it in sorted(by_subject.items()):
        rows = [
            (code(kind.name), kind.was, kind.now, kind.meaning, ", ".join(map(code, follows.get(kind.name, ()))))
            for kind in of_it
        ]
        yield f"## {subject}\n\n{first_sentence(subjects()[subject].__doc__)}"
        yield table(["kind", "was", "now", "what it means", "then"], rows)


def _leave():
    return (
        "## Taken in\n\n`take_in` of an area, body, operation, person, point, point_post or token tells of a row that stood "
        "there before its columns were recorded, as it stood when the database was brought to this version.\n\n## Leaving\n\n`<subject>.leave` stands right before a move that takes a subject to other columns of a report "
        "(another unit, another class, another area): it takes the subject out of the old ones, so that each sum stays "
        f"a plain sum. Its `facts` name the move it is for. {len(COUNTED)} of the {len(Stage)} stages of a problem are "
        "in the count: " + ", ".join(code(stage) for stage in Stage.values if stage in COUNTED) + "."
    )


INTRODUCTION = (
    "What is counted was written here, once, in the transaction of the change itself. An event is never changed and "
    "never deleted; a correction is another event. `was` and `now` are the stages before and after, `then` names what "
    "the worker carries out afterwards."
)
FIELDS = "## What stands in an event"
COLUMNS = [
    ("`id`", "a UUID of version 7; a client may bring it, and the same id twice is answered once"),
    ("`book`", "the operation; 0 for what belongs to none"),
    ("`kind`, `subject_kind`, `subject_id`, `seq`", "what happened, to what, as its how-manieth event"),
    ("`at`", "when it took effect; within a subject it never goes back (`facts.claimed_at` keeps an earlier claim)"),
    ("`recorded_at`", "when the system learned it"),
    ("`actor`, `via`", "the person, and through which door: web, api, import, system"),
    ("`was`, `now`", "the stages before and after"),
    ("`area`, `unit`, `group`, `place`, `place_kind`, `topic`", "what it is counted by, copied at that moment"),
    ("`amount`", "how much it counts, 1 unless said otherwise"),
    ("`facts`", "what was said with it: reasons, notes, evidence by its fingerprint"),
    ("`changes`", "the columns of the row that it changed, as they are after it; of a sealed column its fingerprint"),
    ("`prev`, `digest`", "the digest of the subject's event before, and SHA-256 over this event with it"),
]
