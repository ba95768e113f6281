"""The rounds of the groups: which points are visited when, what is found there, and what becomes of it by an instant."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from demo.cast import Team, lay_out_points
from demo.fates import mend, put_fates
from demo.pace import Pace
from demo.story import TEXTS, Call, Course, Story, local
from duzhan.people.models import Body
from duzhan.places.models import Area, Point

COLUMNS = ("found", "handed_over", "rectified", "closed")  # each is a part of the one before


@dataclass
class Beat:
    """An area of duty: its groups, who must mend what they find there, and how much of each there was."""

    place: Area
    teams: list[Team]
    points: int
    kinds: dict[str, int]
    series: str
    unit: Callable[[Point], Body]
    visits: int
    found: int
    handed_over: int
    rectified: int
    closed: int
    body_of: Callable[[str, str], Body | None] = lambda _name, _kind: None  # who runs a point, by name and kind
    twists: tuple[str, ...] = ()
    named: tuple[tuple[str, str], ...] = ()  # points that the sources name, with their kind; they count among `points`


@dataclass
class Round:
    """What was planned for a beat."""

    beat: Beat
    points: list[Point]
    calls: list[Call]
    courses: dict[str, list[Course]] = field(default_factory=dict)  # by what becomes of them
    used: set[int] = field(default_factory=set)  # points that `add` has gone to


def go_round(story: Story, beat: Beat, pace: Pace) -> Round:
    """Put the visits of a beat and the fate of each problem on the agenda."""
    points = lay_out_points(story, beat)
    late = beat.found - beat.handed_over
    calls = _calls(story, beat, pace, points, late)
    made = Round(beat, points, calls)
    taken = set()
    for outcome, number, choose in (
        ("found", late, _the_last),
        ("in_progress", beat.handed_over - beat.rectified, _late_ones),
        ("rectified", beat.rectified - beat.closed, _late_ones),
        ("closed", beat.closed, _any),
    ):
        free = [call for call in calls if id(call) not in taken and _is_possible(pace, call, outcome)]
        chosen = choose(story.random, free, number)
        taken |= {id(call) for call in chosen}
        made.courses[outcome] = [_course(story, beat, pace, call) for call in chosen]
    put_fates(story, beat, pace, made.courses)
    story.calls += calls
    for call in calls:
        by = call.team.leader if pace.syncs else call.visitor
        story.on(pace.sync_after(call.at), "sync", by, call)
    return made


# --- visits -----------------------------------------------------------------------------------------------------


def _calls(story, beat, pace, points, late):
    instants = _instants(story.random, beat, pace, late)
    order = _order(story.random, points, beat.visits)
    calls = [_call(story, beat, at, point) for at, point in zip(instants, order, strict=True)]
    for call in story.random.sample(calls, len(calls) // 40):
        call.difficulty = story.random.choice(TEXTS["difficulties"])
    return calls


def _instants(random, beat, pace, late):
    days = pace.days()
    weights = list(pace.weights) or [1] * len(days)
    found = [_going_out(random, pace, random.choices(days, weights)[0]) for _each in range(beat.visits - late)]
    end = pace.until.replace(minute=50) - timedelta(hours=1)
    return sorted(found + [end - timedelta(minutes=random.randrange(0, 30)) for _each in range(late)])


def _going_out(random, pace, day):
    opens = max(pace.at(day, pace.opens), pace.first + timedelta(minutes=30))
    shuts = min(pace.at(day, pace.shuts), pace.until - timedelta(minutes=35))
    if opens >= shuts:
        return _going_out(random, pace, day + timedelta(days=1))
    at = opens + timedelta(minutes=random.randrange(int((shuts - opens).total_seconds()) // 60))
    return at.replace(minute=min(at.minute, 52))  # the phone sends at 55


def _order(random, points, visits):
    """Each point at least once; who is seen again is seen after the first time."""
    order = random.sample(points, len(points))
    for _again in range(visits - len(points)):
        seen = random.randrange(len(order))
        order.insert(random.randrange(seen + 1, len(order) + 1), order[seen])
    return order


def _call(story, beat, at, point):
    random = story.random
    team = random.choice(beat.teams)
    return Call(
        at, point, random.choice(team.members), team, random.randrange(10, 46),
        random.choices(("on_site", "papers", "four_nos_two_straights", "asking"), (6, 2, 1, 1))[0],
        note=random.choice(TEXTS["nil_results"]), answers=_answers(story, point, None),
    )  # fmt: skip


def _answers(story, point, failed):
    asked = story.words.questions_for(point.kind)
    codes = asked.questions if asked else ()
    return {code: "no" if code == failed else "yes" for code in codes}


# --- problems ---------------------------------------------------------------------------------------------------


def _is_possible(pace, call, outcome):
    if outcome == "found":
        return call.at > pace.until - timedelta(minutes=45)
    slot, until = pace.slot_after(pace.sync_after(call.at)), pace.until
    soonest = {
        "in_progress": slot,
        "rectified": slot + timedelta(minutes=60),
        "closed": slot + timedelta(minutes=110),
    }
    return soonest[outcome] <= until


def _the_last(_random, calls, number):
    return calls[len(calls) - number :]


def _late_ones(random, calls, number):
    return sorted(random.sample(calls[-max(3 * number, 6) :], number), key=lambda call: call.at) if number else []


def _any(random, calls, number):
    return sorted(random.sample(calls, number), key=lambda call: call.at)


def _course(story, beat, pace, call, row=None):
    random = story.random
    row = row or from_the_check_list(story, call)
    row.setdefault("unit", beat.unit(call.point))
    row.setdefault("detail", describe(story, call, row["title"]))
    liaison = story.cast.liaison(row["unit"], story.operation)
    course = Course(
        call, row, liaison, call.team.verifier_for(call.visitor), TEXTS["mended"][row["field"]],
        photo=random.random() < pace.photos, on_paper=pace.closing != "verify",
    )  # fmt: skip
    call.courses.append(course)
    call.note = ""
    call.answers = _answers(story, call.point, row.get("question"))
    return course


def from_the_check_list(story, call, question=None):
    """The words of a problem that a "no" on the check list of the place opens."""
    asked = story.words.questions_for(call.point.kind)
    question = asked.questions[question] if question else story.random.choice(list(asked.questions.values()))
    return {
        "title": question.title_zh, "field": question.field, "cause": question.cause, "klass": question.klass,
        "clause": question.clause, "question": question.code, "due_rule": question.due,
    }  # fmt: skip


def describe(story, call, title):
    words = story.random.choice(TEXTS["details"])
    clock = f"{call.at.hour}时{call.at.minute:02d}分"
    return words.format(clock=clock, point=call.point.name, title=title, people=story.random.randrange(6, 60))


# --- what the story must not leave to chance --------------------------------------------------------------------


def add(story, pace, made: Round, at, kind, row=None, *, question=None, name="", sync=None, photo=False) -> Course:
    """One more visit, to a point of the round that is of this kind (or has this name), and what it finds there.

    `row` holds the words of the problem; without it, the `question` of the place's check list does. What becomes of
    it is not put on the agenda here.
    """
    point = _point(made, kind, name)
    call = _call(story, made.beat, at, point)
    course = _course(story, made.beat, pace, call, row or from_the_check_list(story, call, question))
    course.photo = photo
    story.calls.append(call)
    story.on(sync or pace.sync_after(at), "sync", call.team.leader if pace.syncs else call.visitor, call)
    return course


def _point(made, kind, name):
    fitting = [point for point in made.points if (point.name == name if name else point.kind == kind)]
    if not fitting:
        raise ValueError(f"{made.beat.place}: no point {name or kind}")
    point = next((point for point in fitting if point.pk not in made.used), fitting[0])
    made.used.add(point.pk)
    return point


def usual_twists(closed) -> tuple[str, ...]:
    """About what share of problems does not go straight."""
    return ("sent_back",) * (closed // 24) + ("extended",) * (closed // 60) + ("relapsed",) * (closed // 90)


def less_specials(counts: dict, specials) -> dict:
    """Points, visits and the four columns without what `put_special` will put: each of those is counted once."""
    depth = {"merged": 0, "withdrawn": 0, "found": 1, "in_progress": 2, "rectified": 3, "closed": 4}
    less = {
        column: counts[column] - sum(depth[special["ends"]] > number for special in specials)
        for number, column in enumerate(COLUMNS)
    }
    return counts | less | {"visits": max(counts["points"], counts["visits"] - len(specials))}


def put_special(story, pace, made: Round, special: dict) -> Course:
    """A problem with a story of its own, as the data tell it: at, kind or point, question or title, and its moves.

    Without moves it is mended like any other, by the end that `ends` says.
    """
    at = local(special["at"])
    course = add(
        story, pace, made, at, special.get("kind", ""), _words(special), question=special.get("question"),
        name=special.get("point", ""), photo=special.get("photo", False),
        sync=local(special["synced_at"]) if "synced_at" in special else None,
    )  # fmt: skip
    course.mended = special.get("mended", course.mended)
    course.due_at = local(special["due_at"]) if "due_at" in special else None
    course.claimed = {verb: local(when) for verb, when in special.get("late", {}).items()}
    if special["ends"] == "merged":
        course.other = _one_that_is_known(pace, made, local(special["moves"][-1][1]))
    if "moves" not in special:
        mend(story, pace, course, special["ends"])
    who = {"hand_over": course.call.team.leader, "accept": course.liaison, "rectify": course.liaison}
    who |= {"verify": course.verifier, "send_back": course.verifier, "relapse": course.verifier}
    for verb, when in special.get("moves", ()):
        story.on(local(when), verb, who.get(verb, story.office), course)
        if verb == "transfer":
            course.other = story.cast.body(special["passed_to"], "department", story.operation.area)
            who["accept"] = who["rectify"] = story.cast.liaison(course.other, story.operation)
    return course


def _words(special):
    if "title" not in special:
        return None
    row = {key: special[key] for key in ("title", "field", "cause", "klass", "clause", "detail") if key in special}
    return {"klass": "ordinary"} | row


def _one_that_is_known(pace, made, at):
    return next(each for each in made.courses["closed"] if pace.sync_after(each.call.at) < at - timedelta(hours=1))
