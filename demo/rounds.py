"""The rounds of the groups: which points are visited when, what is found there, and what becomes of it by an instant."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from demo.cast import Team, lay_out_points
from demo.story import TEXTS, Call, Course, Story, local
from duzhan.people.models import Body
from duzhan.places.models import Area, Point

COLUMNS = ("found", "handed_over", "rectified", "closed")  # each is a part of the one before
PATIENCE = 60  # how often another course of events is tried before it must be the short one


@dataclass(frozen=True)
class Pace:
    """How the days of an operation run: when people go out, send, hand over, and until when the story is told."""

    first: datetime
    until: datetime
    opens: time = time(8, 30)
    shuts: time = time(17, 50)
    slots: tuple[time, ...] = (time(11, 30), time(15, 30), time(17, 30), time(21, 30))
    syncs: tuple[time, ...] = ()  # (): each visitor's own phone, at the end of the hour
    step: int = 5  # minutes: signing, reporting and verifying fall on full steps
    closing: str = "verify"
    on_the_spot: float = 0.25
    photos: float = 0.0
    weights: tuple[int, ...] = ()  # of the days; (): all alike

    def beginning(self, first) -> "Pace":
        """The same pace from another instant on."""
        return replace(self, first=first, weights=())

    def days(self):
        return [self.first.date() + timedelta(days=n) for n in range((self.until.date() - self.first.date()).days + 1)]

    def at(self, day, clock) -> datetime:
        return datetime.combine(day, clock, self.until.tzinfo)

    def slot_after(self, instant) -> datetime:
        """The next hand-over after an instant."""
        return self._next(self.slots, instant)

    def sync_after(self, instant) -> datetime:
        """When the phone sends what was entered at an instant."""
        if not self.syncs:
            return instant.replace(minute=55, second=0)
        return self._next(self.syncs, instant)

    def _next(self, clocks, instant):
        for day in (instant.date(), instant.date() + timedelta(days=1)):
            for clock in clocks:
                if self.at(day, clock) > instant:
                    return self.at(day, clock)
        raise ValueError(f"nothing is left to do after {instant}")


@dataclass
class Beat:
    """An area of duty: its groups, who must mend what they find there, and how much of each there was."""

    place: Area
    teams: list[Team]
    points: int
    kinds: dict[str, int]
    series: str
    unit: Callable[[Point], Body]
    visits: int = 0  # 0: each point once
    found: int = 0
    handed_over: int | None = None  # None: all that was found
    rectified: int | None = None
    closed: int | None = None
    body_of: Callable[[str, str], Body | None] = lambda _name, _kind: None  # who runs a point, by name and kind
    rows: Callable | None = None  # (story, call) -> the words of a problem; None: from the check list of the place
    twists: tuple[str, ...] = ()
    named: tuple[tuple[str, str], ...] = ()  # points that the sources name, with their kind; they count among `points`

    def __post_init__(self):
        self.visits = self.visits or self.points
        self.handed_over = self.found if self.handed_over is None else self.handed_over
        self.rectified = self.handed_over if self.rectified is None else self.rectified
        self.closed = self.rectified if self.closed is None else self.closed


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
    _fates(story, beat, pace, made.courses)
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
    row = row or (beat.rows or from_the_check_list)(story, call)
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
        "clause": question.clause, "question": question.code,
    }  # fmt: skip


def describe(story, call, title):
    words = story.random.choice(TEXTS["details"])
    clock = f"{call.at.hour}时{call.at.minute:02d}分"
    return words.format(clock=clock, point=call.point.name, title=title, people=story.random.randrange(6, 60))


# --- what becomes of them ---------------------------------------------------------------------------------------


def _fates(story, beat, pace, courses):
    for course in courses["in_progress"]:
        handed = hand_over(story, pace, course)
        if story.random.random() < 0.6:
            _accept(story, course, min(handed + timedelta(minutes=20), pace.until))
    for course in courses["rectified"]:
        mend(story, pace, course, "rectified")
    twists = list(beat.twists)
    for course in story.random.sample(courses["closed"], len(courses["closed"])):
        if twists and TWISTS[twists[0]](story, pace, course):
            twists.pop(0)
        else:
            mend(story, pace, course, "closed")
    if twists:
        raise ValueError(f"{beat.place}: no room for {twists}")


def hand_over(story, pace, course) -> datetime:
    """Put the hand-over on the agenda; gives its instant."""
    at = pace.slot_after(pace.sync_after(course.call.at))
    story.on(at, "hand_over", course.call.team.leader, course)
    return at


def _accept(story, course, at):
    story.on(at, "accept", course.liaison, course)


def mend(story, pace, course, outcome):
    """What is usual: mended on the spot or within the day, and, where `outcome` is closed, seen to be so."""
    if story.random.random() < pace.on_the_spot:
        _mend_on_the_spot(story, pace, course, outcome)
    else:
        _mend_in_time(story, pace, course, outcome)


def _mend_in_time(story, pace, course, outcome):
    for hurry in [False] * PATIENCE + [True]:
        times = _times(story.random, pace, course, hurry)
        if times[outcome] <= pace.until:
            break
    _begin(story, pace, course, times)
    if outcome == "closed":
        story.on(times["closed"], pace.closing, course.verifier, course)


def _mend_on_the_spot(story, pace, course, outcome):
    course.on_the_spot = True
    if outcome == "closed":
        synced = pace.sync_after(course.call.at)
        closed = daylight(pace, rounded(pace, synced + timedelta(minutes=story.random.randrange(30, 400))))
        if closed > pace.until:
            closed = rounded(pace, synced + (pace.until - synced) / 2)
        story.on(closed, pace.closing, course.verifier, course)


def _times(random, pace, course, hurry):
    """When it is accepted, mended and seen to be mended, at an ordinary pace or in a hurry."""
    handed = pace.slot_after(pace.sync_after(course.call.at))
    waits = (10, 35, 45) if hurry else (random.randrange(10, 45), random.randrange(35, 300), random.randrange(45, 420))
    accepted = rounded(pace, handed + timedelta(minutes=waits[0]))
    rectified = awake(pace, rounded(pace, accepted + timedelta(minutes=waits[1])))
    closed = daylight(pace, rounded(pace, rectified + timedelta(minutes=waits[2])))
    return {"accepted": accepted, "rectified": rectified, "closed": closed}


def rounded(pace, instant) -> datetime:
    """Up to the next step of the pace: what is alike is then done at once."""
    return instant + timedelta(minutes=-instant.minute % pace.step)


def awake(pace, instant) -> datetime:
    """Units report until 22:30 and again from seven."""
    return _within(pace, instant, time(7), time(22, 30))


def daylight(pace, instant) -> datetime:
    """Groups look again while it is day."""
    return _within(pace, instant, time(8, 30), time(18))


def _within(pace, instant, opens, shuts):
    if instant.time() > shuts:
        return pace.at(instant.date() + timedelta(days=1), opens)
    return max(instant, pace.at(instant.date(), opens))


def _begin(story, pace, course, times):
    hand_over(story, pace, course)
    _accept(story, course, times["accepted"])
    story.on(times["rectified"], "rectify", course.liaison, course)


def _mended_again(story, pace, course, verb, at):
    """What was reported as mended, or closed, is not: it comes back, is mended again and then closed."""
    times = _times(story.random, pace, course, hurry=False)
    at = daylight(pace, times["closed"] + at)
    again = awake(pace, rounded(pace, at + timedelta(minutes=story.random.randrange(50, 160))))
    closed = daylight(pace, rounded(pace, again + timedelta(minutes=story.random.randrange(50, 160))))
    if closed > pace.until:
        return False
    _begin(story, pace, course, times)
    if verb == "relapse":
        story.on(times["closed"], pace.closing, course.verifier, course)
    story.on(at, verb, course.verifier, course)
    story.on(again, "rectify", course.liaison, course)
    story.on(closed, pace.closing, course.verifier, course)
    return True


def _held_up(story, pace, course, *steps):
    """Something is asked for or stands in the way between signing and mending: steps of (verb, minutes, who)."""
    times = _times(story.random, pace, course, hurry=False)
    if times["closed"] > pace.until or times["rectified"] < times["accepted"] + timedelta(minutes=steps[-1][1] + 15):
        return False
    _begin(story, pace, course, times)
    for verb, minutes, who in steps:
        by = course.liaison if who == "liaison" else story.office
        story.on(times["accepted"] + timedelta(minutes=minutes), verb, by, course)
    story.on(times["closed"], pace.closing, course.verifier, course)
    return True


NOW, TOMORROW = timedelta(0), timedelta(hours=20)
TWISTS: dict[str, Callable[[Story, Pace, Course], bool]] = {
    "sent_back": lambda *told: _mended_again(*told, "send_back", NOW),
    "relapsed": lambda *told: _mended_again(*told, "relapse", TOMORROW),
    "extended": lambda *told: _held_up(*told, ("ask_extension", 10, "liaison"), ("extend", 30, "office")),
    "paused": lambda *told: _held_up(*told, ("pause", 20, "office"), ("resume", 60, "office")),
}


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
