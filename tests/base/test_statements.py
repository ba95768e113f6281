"""Questions worked out once give what the querysets give from which they were made."""

from datetime import datetime
from uuid import UUID, uuid4

import pytest

from duzhan.base.clock.instants import now
from duzhan.base.ledger.models import Event
from duzhan.base.statements import Question, rows_of
from duzhan.operations.models import Operation
from duzhan.operations.queries import sees, visible_to
from duzhan.people.models import Membership, Person, Post, running
from duzhan.places.models import Point
from duzhan.places.queries import points_visible_to, points_with
from tests.people import NOON

KEPT = "FROM pg_prepared_statements WHERE statement LIKE %s"
QUESTIONS = {
    "one number": (lambda person: Post.objects.filter(person=person).select_related("body", "body__parent"), int),
    "an instant in two places": (lambda at: Membership.objects.filter(running(at)).select_related("group"), datetime),
    "a text and numbers": (lambda kind, ids: Event.objects.filter(kind=kind, subject_id__in=ids), str, [int]),
    "keys": (lambda keys: Event.objects.filter(pk__in=keys), [UUID]),
    "a reference that is empty": (lambda code: Operation.objects.filter(code=code).select_related("area"), str),
}


def told(rows):
    """Rows with their columns and those of the rows that came with them."""
    return [
        (type(row), {name: value for name, value in row.__dict__.items() if name[0] != "_"}, {
            name: told([related]) for name, related in row._state.fields_cache.items() if related is not None})
        for row in rows
    ]  # fmt: skip


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_gives_what_its_queryset_gives(cast, name):
    queryset, *kinds = QUESTIONS[name]
    ids = [each.subject_id for each in Event.objects.all()]
    asked = {
        "one number": [[cast.inspector.pk], [10**15], [cast.unit.pk]],
        "an instant in two places": [[now()], [NOON.replace(year=1990)]],
        "a text and numbers": [["post.appoint", ids[:3]], ["group.form", ids], ["post.appoint", ids[3:6] * 2]],
        "keys": [[[each.pk for each in Event.objects.all()[:4]]], [[uuid4()]]],
        "a reference that is empty": [[cast.operation.code], ["nothing's “here”"]],
    }[name]
    question = Question(queryset, *kinds)
    for values in asked:
        assert told(question(*values)) == told(queryset(*values))


def test_a_question_for_values_gives_tuples(cast):
    question = Question(lambda person: Post.objects.filter(person=person).values_list("pk", "role", "starts_at"), int)
    person = cast.office.pk
    expected = list(Post.objects.filter(person=person).values_list("pk", "role", "starts_at"))
    assert expected
    assert [tuple(row) for row in question(person)] == expected


def test_a_value_that_is_reckoned_with_is_no_question(db):
    with pytest.raises(ValueError, match="as they are"):
        Question(lambda text: Point.objects.filter(name__contains=text), str)("站")


@pytest.mark.postgres
def test_a_question_asked_again_is_planned_by_nobody(cast):
    question = Question(lambda pk: Point.objects.filter(pk=pk).order_by("address", "name"), int)
    for asked in range(20):
        question(asked)
    [(without_planning,)] = rows_of(f"SELECT generic_plans {KEPT}", ["%places_point%address%ASC%name%ASC"])
    assert without_planning >= 14  # the first five are planned each, to see what planning is worth


@pytest.mark.postgres
def test_what_django_sends_by_itself_is_not_kept(cast):
    for asked in range(20):
        rows_of("SELECT 1")
        Point.objects.filter(pk=asked).first()
    assert rows_of(f"SELECT 1 {KEPT}", ["SELECT 1"])
    assert not rows_of(f"SELECT 1 {KEPT}", ["%places_point%LIMIT%"])


def test_lists_of_many_lengths_share_a_few_plans(cast):
    question = Question(lambda ids: Point.objects.filter(pk__in=ids), [int])
    first = Point.objects.order_by("pk").first()
    for many in range(1, 33):
        assert [row.pk for row in question([first.pk] + [first.pk + 10**9 + n for n in range(many - 1)])] == [first.pk]
    assert len(question._plans) == 6


def test_the_rules_for_one_thing_are_those_of_the_list(cast):
    points = {point.pk: point for point in Point.objects.all()}
    for person in Person.objects.all():
        assert set(points_with(points, person)) == {each.pk for each in points_visible_to(person)}, person
        assert sees(person, cast.operation) == visible_to(person).filter(pk=cast.operation.pk).exists(), person
