"""A group that was formed until an instant is off duty from then on, even where nobody stands it down."""

import pytest

from duzhan.base.clock.instants import travel
from duzhan.base.ledger.models import Event
from duzhan.base.ledger.verify import verify
from duzhan.config.cli import main
from duzhan.insight.figures import queries
from duzhan.people.actions import form_group, stand_down, stand_down_ended
from duzhan.people.models import Group, Membership
from tests.people import HOUR, NOON

END = NOON + 2 * HOUR


def until_two(cast):
    """A second group, until two o'clock."""
    return form_group(
        "第二督导组", "regional", cast.bodies["office"], operation=cast.operation.pk, by=cast.office,
        area=cast.areas["other_street"].path, members=[cast.leader, cast.discipline], ends_at=END,
    )  # fmt: skip


@pytest.fixture
def lent(cast):
    return until_two(cast)


def on_duty(cast, **question):
    told = queries.figures(cast.operation, **question).values
    return told["groups_formed"], told["people_assigned"]


def test_before_its_end_nothing_happens(cast, lent):
    with travel(END - HOUR):
        assert stand_down_ended() == 0
        assert on_duty(cast) == (2, 4)


def test_its_end_is_an_event_of_the_system_at_that_instant(cast, lent):
    with travel(END + 3 * HOUR):
        assert stand_down_ended() == 1
        assert stand_down_ended() == 0
        assert on_duty(cast) == (1, 2)
        assert on_duty(cast, as_of=END - HOUR) == (2, 4)
        assert on_duty(cast, as_of=END) == (1, 2)
        assert on_duty(cast, as_of=END, known_at=END + HOUR) == (2, 4), "the system learned it three hours later"
    event = Event.objects.get(kind="group.stand_down", subject_id=lent.pk)
    assert (event.at, event.recorded_at, event.actor, event.via) == (END, END + 3 * HOUR, None, "system")
    assert Group.objects.get(pk=lent.pk).stage == Group.Stage.STOOD_DOWN
    assert {(seat.stage, seat.ends_at) for seat in lent.memberships.all()} == {(Membership.Stage.RELEASED, END)}
    assert [str(fault) for fault in verify()] == []


def test_who_was_stood_down_earlier_stays_so(cast, lent):
    with travel(NOON + HOUR):
        stand_down(lent, by=cast.office)
    with travel(END + HOUR):
        assert stand_down_ended() == 0
    assert Group.objects.get(pk=lent.pk).ends_at == NOON + HOUR


def test_the_worker_sees_to_it(lasting_cast):
    until_two(lasting_cast)
    with travel(END + HOUR):
        assert main(["work", "--once"]) == 0
        assert on_duty(lasting_cast) == (1, 2)
