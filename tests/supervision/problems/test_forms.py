"""The forms: a field for each thing a move asks for, names that people type, files that are taken in once."""

import pytest
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from duzhan.base.uploads.models import Upload
from duzhan.people.actions import found_body
from duzhan.supervision.problems import actions
from duzhan.supervision.problems.flow import MOVES, Stage
from duzhan.supervision.problems.forms.asked import BUILDERS, LABELS, bodies_near, bodies_of
from duzhan.supervision.problems.forms.moves import BULK_MOVES, BulkForm, MoveForm
from duzhan.supervision.problems.queries import number_in
from tests.base.uploads.made_files import encoded, sent
from tests.builders.problems import problem_at
from tests.people import HOUR, NOON

START = {"hand_over": Stage.FOUND, "close": Stage.RECTIFIED, "relapse": Stage.CLOSED}


def typed(text, **files):
    return QueryDict(text), MultiValueDict(files)


def form_of(cast, name, text="", **files):
    move = MOVES[name]
    problem = problem_at(cast, START.get(name, next(stage for stage in Stage if stage in move.start)))
    return MoveForm(move, problem, cast.office, *typed(text, **files))


def test_there_is_a_field_for_everything_that_moves_ask_for():
    asked = {name for move in MOVES.values() for name in move.asks}
    assert asked == set(BUILDERS) == set(LABELS)


@pytest.mark.parametrize("name", MOVES)
def test_a_form_asks_what_the_table_says_and_needs_what_it_says(name, cast):
    form = form_of(cast, name)
    assert tuple(bound.name for bound in form.asked) == MOVES[name].asks
    needed = {bound.name for bound in form.asked if bound.field.required}
    assert needed == set(MOVES[name].needs) - {"evidence"}
    assert all(str(bound.label) for bound in form.asked)


@pytest.mark.parametrize("name", BULK_MOVES)
def test_a_bulk_form_asks_the_same_but_the_unit_may_be_left(name, cast):
    form = BulkForm(BULK_MOVES[name], [problem_at(cast, Stage.FOUND)], cast.office)
    assert tuple(bound.name for bound in form.asked) == BULK_MOVES[name].asks
    assert {bound.name for bound in form.asked if bound.field.required} == {"note"} & set(BULK_MOVES[name].needs)


def test_a_unit_is_known_by_its_name_its_short_name_or_its_number(cast):
    street = found_body("双龙湖街道办事处", "territory", short_name="双龙湖办", area=cast.areas["street"].path)
    for text in ("双龙湖街道办事处", "双龙湖办", str(street.pk), f"双龙湖街道办事处 #{street.pk}", " 双龙湖办 "):
        form = form_of(cast, "hand_over", f"unit={text}".replace("#", "%23"))
        assert form.is_valid(), (text, form.errors)
        assert form.said["unit"] == street, text


def test_two_units_of_one_name_are_told_apart_by_number(cast):
    first, second = (found_body("示例医院", "facility", area=cast.areas["street"].path) for _n in range(2))
    form = form_of(cast, "hand_over", "unit=示例医院")
    [sentence] = form.errors["unit"]
    assert f"示例医院 #{first.pk}、示例医院 #{second.pk}" in sentence
    assert form_of(cast, "hand_over", f"unit=示例医院 %23{second.pk}").is_valid()


def test_a_unit_of_another_district_is_not_among_them(cast):
    assert cast.bodies["far_office"] not in bodies_of(cast.operation)
    assert not form_of(cast, "hand_over", f"unit={cast.bodies['far_office'].pk}").is_valid()
    near = list(bodies_near(cast.operation, cast.areas["street"].path))
    assert near == [cast.bodies["street"], cast.bodies["office"]]  # the smallest area first


def test_the_unit_that_runs_the_place_stands_there_already(cast):
    form = MoveForm(MOVES["hand_over"], problem_at(cast, Stage.FOUND), cast.office)
    assert form["unit"].value() == cast.bodies["street"].name
    assert MoveForm(MOVES["transfer"], problem_at(cast, Stage.ACCEPTED), cast.office)["unit"].value() is None


def test_an_instant_is_read_in_the_operations_zone(cast):
    cast.operation.zone = "Asia/Urumqi"
    problem = problem_at(cast, Stage.ACCEPTED)
    problem.operation = cast.operation
    form = MoveForm(MOVES["extend"], problem, cast.office, *typed("due_at=2022-11-25 18:00&reason=x"))
    assert form.is_valid()
    assert form.said["due_at"].isoformat() == "2022-11-25T12:00:00+00:00"


def test_what_the_unit_has_asked_for_stands_in_the_offices_form(cast):
    problem = problem_at(cast, Stage.ACCEPTED)
    asked = actions.ask_extension(problem, by=cast.unit, due_at=NOON + 30 * HOUR, reason="材料未到。")
    assert MoveForm(MOVES["extend"], asked, cast.office)["due_at"].value() == "2022-11-26 18:00"


@pytest.mark.parametrize(
    ("text", "number"),
    [("YT-0017", 17), ("yt17", 17), ("YT17", 17), ("17", 17), (" 0017 ", 17), ("YB-0017", None), ("十七", None), ("0", None),
     ("-17", None), ("１７", None), ("1" * 19, None), ("", None), ("17a", None)],
)  # fmt: skip
def test_a_number_is_read_as_people_say_it(text, number, cast):
    assert number_in(text, cast.operation) == number


def test_a_file_sent_twice_is_taken_in_once(cast):
    form = form_of(cast, "add_evidence", uploads=[sent(encoded()), sent(encoded(), "again.jpg")])
    assert form.is_valid(), form.errors
    assert len(form.said["uploads"]) == Upload.objects.count() == 1
    assert form.said["uploads"][0].stage_note == "add_evidence"


def test_too_many_files_are_refused_before_any_is_taken_in(cast):
    form = form_of(cast, "add_evidence", uploads=[sent(encoded()) for _n in range(21)])
    assert form.errors["uploads"] == ["一次最多 20 份照片和文件。"]
    assert not Upload.objects.exists()


def test_conduct_is_offered_only_where_the_operation_keeps_it(cast):
    problem = problem_at(cast, Stage.FOUND)
    assert "conduct" in dict(MoveForm(MOVES["reclassify"], problem, cast.office).fields["klass"].choices)
    problem.operation.keeps_conduct = False
    form = MoveForm(MOVES["reclassify"], problem, cast.office)
    assert "conduct" not in dict(form.fields["klass"].choices)
    assert "formalism_bureaucracy" not in dict(form.fields["cause"].choices)
