"""The JSON API: the same records with the same visibility as the pages, moves as verbs, one shape of refusal."""

from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from duzhan.base.clock.instants import travel
from duzhan.base.ledger.models import Event
from duzhan.base.ledger.verify import verify
from duzhan.people.actions import issue_token, revoke_token
from duzhan.people.models import Token
from duzhan.supervision.inspections.models import Visit
from duzhan.supervision.problems.flow import MOVES, Stage
from duzhan.supervision.problems.models import Problem
from tests.builders.problems import problem_at, verification
from tests.builders.uploads import photo_of
from tests.people import HOUR, NOON

FOUND = {"title": "未设一米线", "field": "testing", "cause": "careless_measures"}


@pytest.fixture
def ask(client, cast):
    """Ask the API as one of the cast: `ask("unit").get("/api/problems")`."""

    class Asker:
        def __init__(self, who):
            token = issue_token(cast.people[who], "test") if who in cast.people else "dz_nobody"
            self.headers = {"Authorization": f"Bearer {token}"}

        def get(self, path, **query):
            return client.get(path, query, headers=self.headers)

        def post(self, path, body=None):
            return client.post(path, body or {}, content_type="application/json", headers=self.headers)

    return Asker


def visit(cast, **more):
    return {"operation": cast.operation.code, "point": cast.points["station"].pk, **more}


def counts():
    """Keys apart: the tests make one whenever somebody asks for the first time."""
    return Event.objects.exclude(subject_kind="token").count(), Visit.objects.count(), Problem.objects.count()


def test_without_a_valid_key_nobody_is_answered(ask, client, cast):
    assert client.get("/api/me").status_code == 401
    refused = ask("nobody").get("/api/me")
    assert (refused.status_code, refused.json()["code"]) == (401, "not_signed_in")
    office = ask("office")
    assert office.get("/api/me").json()["username"] == "office"
    revoke_token(Token.objects.get(person=cast.office))
    assert office.get("/api/me").status_code == 401


def test_a_key_ends_on_its_day(ask, cast):
    inspector = ask("inspector")
    with travel(NOON + 24 * 91 * HOUR):
        assert inspector.get("/api/me").status_code == 401


def test_lists_show_what_the_pages_show(ask, cast):
    mine, sealed = problem_at(cast, Stage.HANDED_OVER), problem_at(cast, Stage.FOUND, klass="conduct")

    def seen(who):
        return {each["id"] for each in ask(who).get("/api/problems", operation=cast.operation.code).json()["items"]}

    assert seen("office") == seen("unit") == {mine.pk}
    assert seen("discipline") == {mine.pk, sealed.pk}
    assert seen("other_unit") == set()
    far = ask("far_office").get("/api/problems", operation=cast.operation.code)
    assert far.status_code == 404
    assert ask("other_unit").get(f"/api/problems/{mine.pk}").status_code == 404
    assert ask("office").get(f"/api/problems/{sealed.pk}").status_code == 404


def test_pages_follow_each_other_without_gap_or_twin(ask, cast):
    numbers = [problem_at(cast, Stage.FOUND).pk for _ in range(5)]
    inspector, seen, after = ask("inspector"), [], None
    while True:
        asked = {"operation": cast.operation.code, "limit": 2} | ({"after": after} if after else {})
        page = inspector.get("/api/problems", **asked).json()
        seen += [each["id"] for each in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == sorted(numbers, reverse=True)


def test_the_whole_loop_by_verbs(ask, cast):
    told = ask("inspector").post("/api/visits", visit(cast, problems=[FOUND], difficulty="缺两名引导员"))
    assert told.status_code == 201, told.content
    number = told.json()["problems"][0]
    unit = cast.bodies["street"].pk
    for who, move, body in [
        ("office", "hand_over", {"unit": unit}),
        ("unit", "accept", {}),
        ("unit", "report_rectified", {"note": "已划线。", "uploads": [str(photo_of(cast.unit).pk)]}),
        ("verifier", "close", {"visit": verification(cast).pk}),
    ]:
        asker = ask(who)
        assert move in asker.get(f"/api/problems/{number}").json()["allowed_moves"]
        moved = asker.post(f"/api/problems/{number}/{move}", body)
        assert moved.status_code == 200, moved.content
        assert moved.json()["kind"] == f"problem.{move}"
    assert ask("leader").get(f"/api/problems/{number}").json()["stage"] == "closed"
    story = ask("leader").get(f"/api/problems/{number}/events").json()
    assert [event["seq"] for event in story] == list(range(1, len(story) + 1))
    assert list(verify()) == []


def test_every_move_of_the_table_has_its_route(ask):
    paths = ask("office").get("/api/openapi.json").json()["paths"]
    assert {f"/api/problems/{{number}}/{name}" for name in MOVES} <= set(paths)


@pytest.mark.parametrize(
    ("who", "stage", "move", "status", "code"),
    [
        ("unit", Stage.HANDED_OVER, "close", 409, "cannot_move"),
        ("leader", Stage.FOUND, "hand_over", 403, "not_allowed"),
        ("other_unit", Stage.HANDED_OVER, "accept", 404, "not_found"),
        ("inspector", Stage.RECTIFIED, "close", 403, "not_allowed"),
        ("verifier", Stage.RECTIFIED, "close", 400, "bad_input"),
    ],
)
def test_a_refusal_has_one_shape_and_changes_nothing(ask, cast, who, stage, move, status, code):
    problem = problem_at(cast, stage)
    body = {"unit": cast.bodies["street"].pk} if move == "hand_over" else {}
    before = counts()
    refused = ask(who).post(f"/api/problems/{problem.pk}/{move}", body)
    assert refused.status_code == status, refused.content
    assert set(refused.json()) == {"code", "message", "details"}
    assert refused.json()["code"] == code
    assert counts() == before


def test_a_move_sent_twice_is_answered_with_the_first_answer(ask, cast):
    problem, office = problem_at(cast, Stage.FOUND), ask("office")
    body = {"unit": cast.bodies["street"].pk, "request_key": str(uuid4())}
    first = office.post(f"/api/problems/{problem.pk}/hand_over", body)
    ask("unit").post(f"/api/problems/{problem.pk}/accept")
    before = counts()
    assert office.post(f"/api/problems/{problem.pk}/hand_over", body).json() == first.json()
    assert counts() == before


def test_a_batch_names_the_refused_ones_and_keeps_the_others(ask, cast):
    station, far = cast.points["station"].pk, 10**12
    rows = [
        {"id": str(uuid4()), "point": station, "problems": [FOUND]},
        {"point": far},
        {"point": station, "purpose": "party"},
        {"point": station, "at": "2031-01-01T00:00:00+08:00"},
        {"point": station, "problems": [{**FOUND, "cause": "bad luck"}]},
        {"point": station, "answers": {"no_such_question": "yes"}},
        {"point": station, "problems": [{**FOUND, "hand_over": {"unit": cast.bodies["street"].pk}}]},
        {"point": station, "problems": [{**FOUND, "fixed_on_the_spot": {"note": "当场划线。"}}], "difficulty": "缺人"},
        {"points": station},
    ]
    body = {"operation": cast.operation.code, "visits": rows}
    inspector = ask("inspector")
    told = inspector.post("/api/visits/batch", body)
    assert told.status_code == 200, told.content
    results = told.json()["results"]
    assert [result["refused"] is None for result in results] == [True, *[False] * 5, True, True, False]
    assert all(result["refused"]["message"] for result in results if result["refused"])
    stages = [Problem.objects.get(pk=result["problems"][0]).stage for result in results if result["problems"]]
    assert stages == ["found", "handed_over", "rectified"]
    assert (told.json()["recorded"], told.json()["refused"]) == (3, 6)
    again = inspector.post("/api/visits/batch", {**body, "visits": rows[:1]})
    assert again.json()["results"][0] == results[0]
    assert list(verify()) == []


def test_five_hundred_visits_in_one_go_and_no_more(ask, cast, django_assert_max_num_queries):
    rows = [{"point": cast.points["station"].pk, "problems": [FOUND]} for _ in range(501)]
    inspector, body = ask("inspector"), {"operation": cast.operation.code}
    assert inspector.post("/api/visits/batch", {**body, "visits": rows}).status_code == 422
    assert Visit.objects.count() == 0
    with django_assert_max_num_queries(110):  # set-based; SQLite takes some 40 rows a statement
        told = inspector.post("/api/visits/batch", {**body, "visits": rows[:500]})
    assert told.json()["recorded"] == 500
    assert (Visit.objects.count(), Problem.objects.count()) == (500, 500)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"x"', b"null", b'{"operation": 3}', b'{"operation": "\\u0000"}', b'{"operation": "\\ud800"}',
     b'{"operation": "yubei-test", "point": 1e400}', b'{"operation": "yubei-test", "point": 99999999999999999999999}',
     b'{"operation": "yubei-test", "point": 1, "at": "0001-01-01T00:00:00+14:00"}', b"\xff\xfe"],
)  # fmt: skip
def test_a_body_that_cannot_be_read_is_refused_with_a_sentence(ask, client, cast, body):
    before = counts()
    refused = client.post("/api/visits", body, content_type="application/json", headers=ask("inspector").headers)
    assert 400 <= refused.status_code < 500, refused.content
    assert refused.json()["message"]
    assert counts() == before


def test_figures_and_their_records_agree_for_each_reader(ask, cast):
    for stage in (Stage.FOUND, Stage.HANDED_OVER, Stage.RECTIFIED, Stage.CLOSED):
        problem_at(cast, stage)
    problem_at(cast, Stage.FOUND, klass="conduct")
    for who, found in [("office", 5), ("leader", 5), ("unit", 3), ("other_unit", 0)]:
        asker = ask(who)
        told = asker.get("/api/figures", operation=cast.operation.code).json()
        assert told["figures"]["problems_found"] == found, who
        assert all(identity["holds"] for identity in told["identities"])
        behind = asker.get("/api/figures/problems_found/records", operation=cast.operation.code).json()
        assert behind["count"] == len(behind["items"]) == found
        assert sum(record["is_masked"] for record in behind["items"]) == (1 if who in ("office", "leader") else 0)
    assert ask("office").get("/api/figures/luck/records", operation=cast.operation.code).status_code == 404


def test_an_address_that_is_none_is_refused_like_everything_else(client, db):
    for path in ("/api/nothing", "/api/visits/x/y"):
        refused = client.get(path, headers={"Accept": "text/html"})
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


def test_a_refusal_speaks_chinese_unless_another_language_is_named(ask, client, cast):
    asker = ask("inspector")
    for named, word in (("en", "operation"), (None, "行动"), ("en-GB,en;q=0.9", "operation"), (None, "行动")):
        asker.headers.pop("Accept-Language", None)
        if named:
            asker.headers["Accept-Language"] = named
        assert word in asker.get("/api/visits", operation="nowhere").json()["message"]
    assert '<html lang="en"' in client.get("/", headers={"Accept-Language": "en"}, follow=True).content.decode()


def test_a_program_gets_no_session_and_no_cookie_but_the_headers_that_protect(ask, cast):
    answer = ask("inspector").get("/api/me")
    assert answer.status_code == 200
    assert not answer.cookies
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_is_noticed_before_it_is_used(client):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no connection to lose")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [backend] = cursor.fetchone()
    assert connection.is_usable()
    with psycopg.connect(**connection_parameters(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
    assert not connection.is_usable()
    connection.close()


def connection_parameters():
    given = connection.get_connection_params()
    return {name: given[name] for name in ("dbname", "user", "password", "host", "port") if given.get(name)}
