"""What happened to one problem, told from its events: who did what, why, and what it changed."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from duzhan.base.clock import deadlines
from duzhan.base.clock.instants import parse_instant
from duzhan.base.ledger import proof
from duzhan.base.ledger.models import Event, Seal
from duzhan.base.ledger.queries import story
from duzhan.base.ui.spelling import short_instant, span_text
from duzhan.operations.queries import READERS
from duzhan.people.models import Body, Person, Post, Role

from ..flow import MOVES

LATE = timedelta(minutes=5)  # entered later than this after it happened, it is shown as entered later
TECHNICAL = "problem.leave"  # it left one column of the report for another; the event beside it says why
UNIT_MOVES = {"problem.accept", "problem.report_rectified", "problem.ask_extension"}
KINDS = {
    "problem.pause": "pause", "problem.send_back": "wrong", "problem.relapse": "wrong", "problem.withdraw": "pause",
    "problem.merge": "pause",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of a story, as the component shows it."""

    at: object
    title: str
    by: str
    unit: str
    text: str
    digest: str
    kind: str
    recorded_at: object


@dataclass
class Story:
    """The events of one problem with the names in them, and what can be told from them."""

    problem: object
    events: list
    people: dict = field(default_factory=dict)
    posts: dict = field(default_factory=dict)
    bodies: dict = field(default_factory=dict)

    def lines(self) -> list[Line]:
        """Newest first."""
        state, lines = {}, []
        for event in self.events:
            before, state = state, state | event.changes
            if event.kind != TECHNICAL:
                lines.append(self._line(event, before, state))
        lines.reverse()
        return lines

    def _line(self, event, before, after):
        return Line(
            event.at, self._title(event), self.who(event.actor), self._stood_for(event), self._text(event, before, after),
            event.digest, "now" if event is self.latest_step else KINDS.get(event.kind, ""),
            event.recorded_at if event.recorded_at - event.at > LATE else None,
        )  # fmt: skip

    def _text(self, event, before, after):
        said = [WHAT[event.kind](self, event, before, after)] if event.kind in WHAT else []
        said += [event.facts.get("reason", ""), event.facts.get("note", ""), self._proof(event.facts)]
        if claimed := event.facts.get("claimed_at"):
            said.append(_("报称 %(claimed)s 发生，其后已有记录，按此刻记。") % {"claimed": self.short(claimed)})
        return _("　").join(sentence for sentence in said if sentence)

    def _proof(self, facts):
        said = []
        if number := facts.get("visit"):
            said.append(_("第 %(number)s 次走访") % {"number": number})
        if files := facts.get("evidence"):
            said.append(ngettext("照片、文件 %(many)s 份", "照片、文件 %(many)s 份", len(files)) % {"many": len(files)})
        return _("证据：%(proof)s。") % {"proof": _("，").join(said)} if said else ""

    def _stood_for(self, event):
        """For whom they acted: the unit that must mend, the group that found it, or the body of their post then."""
        if event.kind == "problem.find" and self.problem.group:
            return str(self.problem.group)
        wanted = {Role.UNIT} if event.kind in UNIT_MOVES else READERS
        held = [post for post in self.posts.get(event.actor, ()) if post.runs_at(event.at)]
        fitting = [post for post in held if post.role in wanted and post.covers(event.area, event.book)] or held
        return str(fitting[0].body) if fitting else ""

    def who(self, actor) -> str:
        """A person's name; what nobody did, the system did."""
        return self.people.get(actor, "") if actor else _("系统")

    def body(self, number) -> str:
        return self.bodies.get(number, "")

    def short(self, instant) -> str:
        """An instant of the ledger as tables write it."""
        instant = parse_instant(instant) if isinstance(instant, str) else instant
        return short_instant(instant, self.problem.operation)

    @property
    def latest_step(self):
        """The event that brought it to its stage."""
        steps = (
            event for event in reversed(self.events) if event.now and event.now != event.facts.get("was", event.was)
        )
        return next(steps, None)

    @property
    def started_at(self):
        """When the present clock was set: handed over, or come back after it was closed."""
        starts = ("problem.hand_over", "problem.relapse", "problem.fix_on_the_spot")
        return next((event.at for event in reversed(self.events) if event.kind in starts), self.problem.handed_over_at)

    @property
    def pauses(self) -> list:
        """(from, to) of each time the clock stood, to None while it stands."""
        found, since = [], None
        for event in self.events:
            if event.kind == "problem.pause":
                since = event.at
            elif since and event.kind in ("problem.resume", "problem.report_rectified"):
                found, since = [*found, (since, event.at)], None
        return [*found, (since, None)] if since else found

    def evidence(self, uploads) -> tuple[list, list]:
        """Pictures with their captions, and papers with theirs."""
        told = [(upload, self._caption(upload)) for upload in uploads]
        return [each for each in told if each[0].is_photo], [each for each in told if not each[0].is_photo]

    def _caption(self, upload):
        at = self.short(upload.taken_at or upload.uploaded_at)
        return " · ".join(
            filter(None, [f"{self._brought_by(upload)} {at}".strip(), self.people.get(upload.uploaded_by, "")])
        )

    def _brought_by(self, upload):
        """The step that brought it: as the event says, else as was noted when it was taken in."""
        for event in self.events:
            if any(each.get("sha256") == upload.sha256 for each in event.facts.get("evidence", ())):
                return self._title(event)
        step = MOVES.get(upload.stage_note)
        return str(step.label) if step else ""

    def _title(self, event):
        move = MOVES.get(event.kind.partition(".")[2])
        return str(move.label) if move else _(TITLES.get(event.kind, event.kind))


@dataclass(frozen=True)
class Keeping:
    """存证: whether the chain of a problem's events holds, and which seal covers it."""

    count: int
    head: str
    previous: str
    broken: str  # the first event that does not fit, in a sentence; empty where all do
    sealed: int
    seal: object


def read_story(problem, uploads=()) -> Story:
    """The story of a problem with every name in it: five queries at any length."""
    events = list(story(problem).select_related("entry"))
    people = {event.actor for event in events} | {upload.uploaded_by for upload in uploads} - {None}
    posts = defaultdict(list)
    for post in Post.objects.filter(person__in=people - {None}).select_related("body"):
        posts[post.person_id].append(post)
    bodies = {event.changes.get("unit_id") for event in events} | {event.facts.get("from_unit") for event in events}
    return Story(
        problem, events, dict(Person.objects.filter(pk__in=people - {None}).values_list("pk", "name")), posts,
        {body.pk: str(body) for body in Body.objects.filter(pk__in=bodies - {None})},
    )  # fmt: skip


def keeping_of(told: Story) -> Keeping:
    """Recompute the chain of a problem's events, and find the seal that covers its newest sealed event."""
    prev, broken = proof.FIRST, ""
    for number, event in enumerate(told.events, 1):
        if not broken and (event.seq != number or event.prev != prev or event.computed_digest() != event.digest):
            broken = _("第 %(number)s 条与前面不相接。") % {"number": event.seq}
        prev = event.digest
    if not broken and prev != told.problem.head:
        broken = _("末条与台账不符。")
    places = [event.entry.position for event in told.events if _is_settled(event)]
    last = Seal.objects.order_by("-number").values_list("last", flat=True).first() or 0
    sealed = [place for place in places if place <= last]
    seal = Seal.objects.filter(last__gte=max(sealed)).order_by("number").first() if sealed else None
    digests = [event.digest for event in told.events]
    return Keeping(len(digests), digests[-1], digests[-2] if len(digests) > 1 else "", broken, len(sealed), seal)


def _is_settled(event):
    try:
        return bool(event.entry)
    except Event.entry.RelatedObjectDoesNotExist:
        return False


# --- what each kind of event says of itself -------------------------------------------------------------------


def _found(told, event, before, after):
    source = SOURCES.get(told.problem.source_kind)
    return _(source) if source else ""


def _handed_over(told, event, before, after):
    said = _("交给%(unit)s，最迟 %(due)s。") % {
        "unit": told.body(after.get("unit_id")),
        "due": told.short(after["due_at"]),
    }
    return said + _rule(after)


def _rule(after):
    if not after.get("due_rule"):
        return ""
    return _("规定：%(rule)s。") % {"rule": deadlines.parse(after["due_rule"]).label}


def _fixed(told, event, before, after):
    return _("责任单位：%(unit)s。") % {"unit": told.body(after.get("unit_id"))}


def _sent_back(told, event, before, after):
    return _("最迟 %(due)s。") % {"due": told.short(after["due_at"])}


def _transferred(told, event, before, after):
    units = {"former": told.body(event.facts.get("from_unit")), "unit": told.body(after.get("unit_id"))}
    return _("由%(former)s改交%(unit)s，最迟 %(due)s。") % {**units, "due": told.short(after["due_at"])}


def _asked(told, event, before, after):
    return _("申请延至 %(due)s。") % {"due": told.short(event.facts["due_at"])}


def _extended(told, event, before, after):
    return _("最迟时限由 %(before)s 延至 %(after)s。") % {
        "before": told.short(event.facts["from"]), "after": told.short(after["due_at"])
    }  # fmt: skip


def _resumed(told, event, before, after):
    stood = event.at - parse_instant(before["paused_at"]) if before.get("paused_at") else timedelta()
    times = {"before": told.short(before["due_at"]), "after": told.short(after["due_at"])}
    return _("暂停共 %(span)s，最迟时限由 %(before)s 顺延至 %(after)s。") % {"span": span_text(stood), **times}


def _reclassified(told, event, before, after):
    words = told.problem.operation.words
    axes = (("classes", "klass"), ("fields", "field"), ("causes", "cause"))
    changed = [
        _("%(before)s改为%(after)s") % {"before": words.label(of, before[name]), "after": words.label(of, after[name])}
        for of, name in axes
        if before.get(name) != after.get(name)
    ]
    return _("%(changes)s。") % {"changes": _("，").join(changed)} if changed else ""


def _merged(told, event, before, after):
    number = f"{told.problem.operation.prefix}-{event.facts['into']:04d}"
    return _("并入 %(number)s。") % {"number": number}


SOURCES = {
    "visit": gettext_noop("走访中发现。"),
    "other": gettext_noop("直接登记。"),
    "demand": gettext_noop("由群众诉求转来。"),
    "sweep": gettext_noop("举一反三排查发现。"),
}
TITLES = {"problem.find": gettext_noop("发现")}
WHAT = {
    "problem.find": _found,
    "problem.hand_over": _handed_over,
    "problem.fix_on_the_spot": _fixed,
    "problem.send_back": _sent_back,
    "problem.transfer": _transferred,
    "problem.ask_extension": _asked,
    "problem.extend": _extended,
    "problem.resume": _resumed,
    "problem.reclassify": _reclassified,
    "problem.merge": _merged,
    "problem.relapse": _sent_back,
}
