"""Sums as of any instant, known at any other, along any dimension, against counting every event by hand."""

from collections import Counter
from datetime import UTC, timedelta
from functools import partial
from random import Random
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from duzhan.base.clock.instants import TICK, ZONE, now, travel
from duzhan.base.ledger import queries, rollups
from duzhan.base.ledger.actions import Fact, record_many
from duzhan.base.ledger.models import Dense, Event, Late, Met, Rollup, Tail
from duzhan.base.ledger.plain import plain
from duzhan.base.ledger.queries import ALL, Slice, due
from duzhan.base.ledger.rollups import rebuild, settle
from duzhan.people.actions import form_group
from duzhan.people.models import Body
from duzhan.places.models import Point
from duzhan.supervision.inspections.models import Visit
from duzhan.supervision.problems.flow import IN_PROGRESS, Stage
from duzhan.supervision.problems.models import Problem
from tests.people import HOUR, NOON

MINUTE = timedelta(minutes=1)
STAGES = [Stage.FOUND, Stage.HANDED_OVER, Stage.ACCEPTED, Stage.RECTIFIED, Stage.CLOSED, Stage.WITHDRAWN]
PATHS = ["00010001", "000100010001", "000100010002", "0001000100010001"]
TOPIC = "ordinary:testing:careless_measures"
# Minutes between what happened and what was recorded.
BACK = [0, 0, 0, 1, 4, 7, 30, 59, 60, 61, 200, 600, 1440, 3000, 30_000]

steps = st.tuples(
    st.integers(0, 5),  # which problem
    st.sampled_from(STAGES),
    st.sampled_from([0, 1, 7, 60, 180, 1500]),  # minutes after the step before
    st.sampled_from(BACK),
    st.sampled_from(PATHS),
    st.integers(0, 1),  # unit
    st.integers(0, 1),  # group
    st.sampled_from([TOPIC, "hazard:testing:added_layers"]),
    st.sampled_from([-90, 0, 1, 59, 60, 700, 4000]),  # minutes to its deadline
    st.integers(0, 3),  # how many events to settle afterwards
)
offsets = st.sampled_from([timedelta(0), TICK, -TICK, MINUTE, 4 * MINUTE, HOUR, -HOUR])
moments = st.tuples(st.integers(0, 29), st.sampled_from(["at", "recorded_at", "hour"]), offsets)


def write(cast, story):
    """Problems that wander through stages, areas, units and groups, told out of order and partly settled."""
    other = form_group("第二督导组", "stationed", cast.bodies["office"], operation=cast.operation.pk, members=[])
    groups, units = [cast.group, other], [cast.bodies["street"], cast.bodies["other_street"]]
    problems, clock = {}, now()
    for number, stage, minutes, back, area, unit, group, topic, left, settled in story:
        clock += minutes * MINUTE
        problem = problems.setdefault(number, blank(cast))
        was, problem.stage = problem.stage if problem.pk else "", stage
        problem.area_path, problem.unit, problem.group = area, units[unit], groups[group]
        problem.klass, problem.field, problem.cause = topic.split(":")
        problem.due_at, problem.paused_at = clock + left * MINUTE, clock if left == 59 else None
        with travel(clock):
            record_many(
                [Fact(problem, f"problem.{stage}", was=was, now=stage)], by=cast.office, at=clock - back * MINUTE
            )
            if back or not left:  # somebody came by
                visit = seen(cast, number, area, units[unit], groups[group])
                record_many([Fact(visit, "visit.record")], by=cast.office, at=clock - back * MINUTE)
        if settled:
            settle(limit=settled)


def blank(cast):
    return Problem(
        operation=cast.operation, title="示例", field="testing", cause="careless_measures", area=cast.areas["street"],
        area_path=PATHS[0], found_by=cast.inspector, found_at=NOON, handed_over_at=NOON, due_at=NOON, closed_by=cast.office,
        rectified_by=cast.unit, rectified_at=NOON, closed_at=NOON, point=cast.points["station"], place_kind="sampling_point",
    )  # fmt: skip


def seen(cast, number, area, unit, group):
    return Visit(
        operation=cast.operation, point=cast.points["market" if number % 3 else "station"], area=cast.areas["street"],
        area_path=area, place_kind="sampling_point", unit=unit, group=group, visited_by=cast.inspector, visited_at=NOON,
        purpose="verify" if number % 2 else "inspect",
    )  # fmt: skip


def instant(events, moment):
    """An instant that matters: that of an event, or its full hour, or just beside."""
    number, column, offset = moment
    event = events[number % len(events)]
    at = event.at.replace(minute=0, second=0, microsecond=0) if column == "hour" else getattr(event, column)
    return (at + offset).astimezone(ZONE if number % 2 else UTC)  # the sums are cut in UTC whatever zone asks


def is_in(event, slice):
    return (
        event.area.startswith(slice.area)
        and (slice.areas is None or any(event.area.startswith(area) for area in slice.areas))
        and slice.unit in (None, event.unit)
        and (slice.units is None or event.unit in slice.units)
        and slice.group in (None, event.group)
        and slice.place_kind in ("", event.place_kind)
        and event.topic.startswith(slice.topic)
    )


def known(events, as_of, known_at, slice=ALL):
    return [each for each in events if each.at <= as_of and each.recorded_at <= known_at and is_in(each, slice)]


def counted(events):
    found = Counter()
    for event in events:
        found[event.kind, event.was, event.now] += event.amount
    return found


def past_due(events, as_of, known_at, slice=ALL):
    """The newest events of those past their time, by replaying every problem's story up to there."""
    states, newest = {}, {}
    for event in sorted(known(events, as_of, known_at), key=lambda each: each.seq):
        if event.subject_kind == "problem":
            states[event.subject_id] = states.get(event.subject_id, {}) | event.changes
            newest[event.subject_id] = event
    found = [
        newest[subject]
        for subject, state in states.items()
        if newest[subject].now in IN_PROGRESS and state["paused_at"] is None and state["due_at"] < plain(as_of)
    ]
    return [event for event in found if is_in(event, slice)]


def sums(events, as_of, known_at, slice=ALL, among=lambda event: True):
    found = counted(filter(among, known(events, as_of, known_at, slice)))
    found[due("problem")] = len([*filter(among, past_due(events, as_of, known_at, slice))])
    return +found


def by(events, overdue):
    """Sums along every axis: {axis: {value: Counter}}."""
    found = {axis: {} for axis in ("unit", "group", "place_kind", "topic")}
    for axis, values in found.items():
        for step, some in ((None, events), (due("problem"), overdue)):
            for event in some:
                if getattr(event, axis) not in ("", None):
                    counter = values.setdefault(str(getattr(event, axis)), Counter())
                    counter[step or (event.kind, event.was, event.now)] += 1
    return found


@pytest.fixture
def slices(cast):
    unit, group = cast.bodies["street"].pk, cast.group.pk
    return [
        ALL, Slice(area=PATHS[1]), Slice(unit=unit), Slice(group=group), Slice(topic="hazard:"),
        Slice(place_kind="sampling_point"), Slice(area=PATHS[1], unit=unit), Slice(areas=(PATHS[1], PATHS[2])),
        Slice(areas=()), Slice(units=()), Slice(units=(unit,), unit=-1), Slice(area=PATHS[3], areas=(PATHS[1],)),
        Slice(area=PATHS[0], areas=(PATHS[1], "0009")), Slice(areas=("", PATHS[1])), Slice(units=(unit, -1), group=group),
        Slice(topic="hazard:testing"), Slice(area=PATHS[1], topic="hazard:"), Slice(unit=unit, topic="ordinary:"),
        Slice(area=PATHS[1], topic="ver"), Slice(topic="inspect"),
    ]  # fmt: skip


@pytest.mark.parametrize("dense", [10_000, 3])
@settings(
    max_examples=60,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    story=st.lists(steps, min_size=1, max_size=30),
    questions=st.lists(st.tuples(moments, moments, st.integers(0, 19)), min_size=3, max_size=8),
)
def test_every_sum_is_the_count_of_its_events(cast, slices, dense, story, questions):
    with transaction.atomic(), patch.object(rollups, "DENSE", dense):
        write(cast, story)
        events = list(Event.objects.filter(book=cast.operation.pk))
        for as_of, known_at, which in questions:
            compare(cast.operation.pk, events, instant(events, as_of), instant(events, known_at), slices[which])
        transaction.set_rollback(True)


def compare(book, events, as_of, known_at, slice):
    as_of = min(as_of, known_at)
    assert +queries.totals(book, as_of, known_at, slice) == sums(events, as_of, known_at, slice)
    wanted = by(known(events, as_of, known_at, slice), past_due(events, as_of, known_at, slice))
    for axis in ("unit", "group", "place_kind", "topic"):
        told = queries.totals_by(book, axis, as_of, known_at, slice)
        assert {value: +counter for value, counter in told.items() if +counter} == wanted[axis]
    told = queries.totals_within(book, AREAS, as_of, known_at, slice)
    for area in AREAS:
        below = partial(is_below, area)
        assert +told[area] == sums(events, as_of, known_at, slice, below)
    assert +told[""] == sums(events, as_of, known_at, slice, is_elsewhere)
    instants = sorted([as_of - 3 * 24 * HOUR, as_of - HOUR, as_of, as_of + HOUR])
    told = queries.totals_at(book, instants, known_at, slice)
    assert [+each for each in told] == [sums(events, min(each, known_at), known_at, slice) for each in instants]
    compare_distinct(book, events, as_of, known_at, slice, instants)
    compare_standing(book, events, as_of, known_at, slice)
    found = queries.past_due(book, "problem", as_of, known_at, slice)
    assert {each.subject_id for each in found} == {each.subject_id for each in past_due(events, as_of, known_at, slice)}


AREAS = [PATHS[1], PATHS[2], PATHS[3]]  # the last lies in the first


def is_below(area, event):
    return event.area.startswith(area)


def is_elsewhere(event):
    return event.area and not any(is_below(area, event) for area in AREAS)


def compare_distinct(book, events, as_of, known_at, slice, instants):
    kind, dimensions = "visit.record", ("place", "unit")

    def different(some):
        chosen = [each for each in some if each.kind == kind]
        return {name: len({getattr(each, name) for each in chosen} - {None}) for name in dimensions}

    wanted = known(events, as_of, known_at, slice)
    assert queries.distinct(book, kind, dimensions, as_of, known_at, slice) == different(wanted)
    told = queries.distinct_at(book, kind, dimensions, instants, known_at, slice)
    assert told == [different(known(events, each, known_at, slice)) for each in instants]
    for axis in ("unit", "group", "place_kind", "topic"):
        told = queries.distinct_by(book, kind, dimensions, axis, as_of, known_at, slice)
        values = {str(getattr(each, axis)) for each in wanted if each.kind == kind}
        met = {value: different([each for each in wanted if str(getattr(each, axis)) == value]) for value in values}
        assert {value: n for value, n in told.items() if any(n.values())} == met
    told = queries.distinct_within(book, kind, dimensions, AREAS, as_of, known_at, slice)
    assert told.pop("") == different(filter(is_elsewhere, wanted))
    assert told == {area: different(filter(partial(is_below, area), wanted)) for area in AREAS}
    for name, model in (("place", Point), ("unit", Body)):
        found = model.objects.filter(queries.things(book, kind, name, as_of, known_at, slice))
        assert {each.pk for each in found} == {getattr(each, name) for each in wanted if each.kind == kind}


def compare_standing(book, events, as_of, known_at, slice):
    latest = {}
    for event in sorted(known(events, as_of, known_at), key=lambda each: each.seq):
        if event.subject_kind == "problem" and (event.was, event.now) != ("", ""):
            latest[event.subject_id] = event
    stages = {Stage.HANDED_OVER, Stage.ACCEPTED}
    wanted = {each.pk for each in latest.values() if each.now in stages and is_in(each, slice)}
    told = queries.standing(book, "problem", stages, as_of, known_at, slice)
    assert {each.pk for each in told} == wanted
    total = queries.totals(book, as_of, known_at, slice)
    problems = {step: n for step, n in total.items() if step[0].startswith("problem.")}
    assert sum(n * ((now in stages) - (was in stages)) for (_kind, was, now), n in problems.items()) == len(wanted)


def test_states_are_those_of_the_instant(cast):
    problem = blank(cast)
    for hours, title in enumerate(["甲", "乙", "丙"]):
        problem.title, problem.stage = title, Stage.FOUND
        with travel(NOON + hours * HOUR):
            record_many([Fact(problem, "problem.find", now=Stage.FOUND)], by=cast.office)
    told = queries.states("problem", [problem.pk], NOON + HOUR, NOON + 2 * HOUR, columns=("title",))
    assert told == {problem.pk: {"title": "乙"}}
    assert queries.states("problem", [problem.pk], NOON + 2 * HOUR)[problem.pk]["field"] == "testing"


def test_the_zone_in_which_an_instant_is_written_changes_nothing(cast):
    """In the zone the day begins at 16:00 UTC of the day before: the sums of that UTC day are whole all the same."""
    with travel(NOON + 14 * HOUR):
        write(cast, [(0, Stage.FOUND, 0, 60, PATHS[0], 0, 0, TOPIC, 60, 3000)])
    as_of = NOON + 25 * HOUR
    with travel(as_of):
        told = [queries.totals(cast.operation.pk, as_of.astimezone(zone)) for zone in (UTC, ZONE)]
    assert told[0] == told[1]
    assert told[0]["problem.found", "", "found"] == 1


def cells():
    """Every cell of the sums and every first encounter, without the numbers of their rows."""
    return [sorted(_cells(model), key=str) for model in (Rollup, Late, Met)]


def _cells(model):
    names = [each.name for each in model._meta.fields if each.name != "id"]
    return [row for row in model.objects.values_list(*names) if dict(zip(names, row, strict=True)).get("total") != 0]


@pytest.mark.parametrize("dense", [10_000, 3])
def test_sums_added_up_anew_say_the_same(cast, dense, monkeypatch):
    monkeypatch.setattr(rollups, "DENSE", dense)
    write(cast, [(n, STAGES[n % 3], 50, 100 * n, PATHS[n % 4], 0, n % 2, TOPIC, n * 30, 2) for n in range(12)])
    settle()
    before, told = cells(), []
    assert rebuild(lambda done, of: told.append((done, of))) == told[-1][0] == Event.objects.count()
    assert cells() == before
    assert any(step.before for step in Met.objects.all()), "nothing was learned late"


def test_a_book_found_to_be_dense_while_all_is_added_up_anew_counts_nothing_twice(cast, monkeypatch):
    """As when an older ledger is brought up to date: it is dense from its first hours on, and added up in many parts."""
    write(cast, [(n % 4, STAGES[n % 3], 5, 100 * (n % 2), PATHS[n % 4], 0, n % 2, TOPIC, n * 30, 2) for n in range(30)])
    settle()
    monkeypatch.setattr(rollups, "DENSE", 3)
    monkeypatch.setattr(rollups, "AT_ONCE", {connection.vendor: 7})
    rebuild()
    found = cells()
    assert Dense.objects.exists() and Late.objects.exists()
    rebuild()  # now it is known beforehand
    assert cells() == found


def test_settling_that_breaks_off_leaves_everything_as_it_was(cast, monkeypatch):
    write(cast, [(n, Stage.FOUND, 50, 100, PATHS[n % 4], 0, 0, TOPIC, 60, 0) for n in range(6)])
    settle(limit=5)
    before, waiting = cells(), Tail.objects.count()
    asked = queries.totals(cast.operation.pk), queries.distinct(cast.operation.pk, "visit.record", ("place",))
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("duzhan.base.ledger.writing.insert", interrupted)
        settle()
    assert (cells(), Tail.objects.count()) == (before, waiting)
    assert settle() == waiting
    assert (queries.totals(cast.operation.pk), queries.distinct(cast.operation.pk, "visit.record", ("place",))) == asked


def interrupted(*_arguments, **_more):
    raise KeyboardInterrupt


def test_a_sum_is_one_statement(cast):
    """One snapshot: an event that is settled between two statements would be counted on both sides or on none.

    Which sums there are is asked before: those that are there stay.
    """
    book, places = cast.operation.pk, ("place", "unit")
    week = [NOON - day * 24 * HOUR for day in range(7, -1, -1)]
    for ask in (
        lambda: queries.totals(book, NOON, NOON),
        lambda: queries.totals_within(book, AREAS, NOON, NOON),
        lambda: queries.totals_at(book, week, NOON),
        lambda: queries.distinct(book, "visit.record", places, NOON, NOON),
        lambda: queries.distinct_at(book, "visit.record", places, week, NOON),
        lambda: queries.distinct_by(book, "visit.record", places, "unit", NOON, NOON),
    ):
        with CaptureQueriesContext(connection) as asked:
            ask()
        [_told] = [each for each in asked if "ledger_dense" not in each["sql"] or "ledger_rollup" in each["sql"]]


@pytest.mark.parametrize("dense", [10_000, 3])
def test_two_hundred_random_questions_are_counted_by_hand(cast, dense, monkeypatch):
    """Any instant, known at any other, in any area: by a fold over all events, settled or not."""
    monkeypatch.setattr(rollups, "DENSE", dense)
    chance = Random(dense)
    write(cast, [a_step(chance) for _ in range(300)])
    book, events = cast.operation.pk, list(Event.objects.filter(book=cast.operation.pk))
    assert Tail.objects.exists() and Dense.objects.exists() is (dense < 10_000)
    first, last = min(each.at for each in events), max(each.recorded_at for each in events)
    for _each in range(200):
        as_of = first + (last - first) * chance.uniform(-0.05, 1.05)
        known_at = as_of + chance.choice([0, 0, 1, 20, 90, 700, 3000]) * chance.random() * MINUTE
        slice = Slice(area=chance.choice(["", *PATHS]), topic=chance.choice(["", "", "hazard:"]))
        assert +queries.totals(book, as_of, known_at, slice) == sums(events, as_of, known_at, slice)
        apart = queries.totals_by_branch(book, as_of, known_at, slice.narrowed(topic=""))
        assert +apart.get("hazard:", Counter()) == sums(events, as_of, known_at, slice.narrowed(topic="hazard:"))


def a_step(chance):
    back = chance.choice([0, 0, 0, 1, 4, 12, 40, 61, 200, 700, 2000, 30_000]) * chance.random()
    topic = chance.choice([TOPIC, "hazard:testing:added_layers"])
    return (
        chance.randrange(60), chance.choice(STAGES), 20 * chance.random(), back, chance.choice(PATHS), chance.randrange(2),
        chance.randrange(2), topic, chance.choice([-90, 0, 1, 17, 59, 700]), chance.choice([0, 0, 0, 1, 2, 3]),
    )  # fmt: skip
