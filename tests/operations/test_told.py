"""An operation of the demo goes on from where its story ends, for the people of the demo alone."""

from datetime import timedelta

import pytest

from duzhan.base.clock.instants import now, travel
from duzhan.operations import told
from duzhan.operations.models import Operation
from duzhan.people.models import Person
from duzhan.supervision.problems.flow import Stage
from duzhan.supervision.problems.models import Problem
from tests.builders.problems import problem_at
from tests.people import HOUR, NOON, assemble


@pytest.fixture
def story(db, monkeypatch):
    """The cast as it stood in 2022, marked as demo, asked for today."""
    monkeypatch.setattr(told, "_began", {})
    with travel(NOON):
        cast = assemble()
        problem_at(cast, Stage.HANDED_OVER)
    Operation.objects.update(is_demo=True)
    Person.objects.filter(username__in=["unit", "office"]).update(is_demo=True)
    return cast


def test_a_demo_person_acts_in_the_time_of_the_story(story, client):
    problem = Problem.objects.get()
    client.force_login(Person.objects.get(username="unit"))
    answer = client.post(f"/problems/{problem.pk}/accept/", {"note": ""}, follow=True)
    problem.refresh_from_db()
    assert answer.status_code == 200
    assert problem.stage == Stage.ACCEPTED
    assert NOON <= problem.accepted_at < NOON + HOUR


def test_everybody_else_keeps_the_real_time(story, client):
    client.force_login(story.leader)
    client.get("/problems/")
    assert now() - NOON > timedelta(days=365)
    problem = Problem.objects.get()
    client.force_login(story.verifier)
    client.post(f"/problems/{problem.pk}/press/", {"note": "请抓紧。"})
    problem.refresh_from_db()
    assert problem.changed_at - NOON > timedelta(days=365)


def test_the_time_of_the_story_ends_with_the_request(story, client):
    client.force_login(story.office)
    client.get("/problems/")
    assert now() - NOON > timedelta(days=365)
