"""行动: which one a request is about, what its office may do there, and who holds which post."""

import pytest

from duzhan.base.clock.instants import now, travel
from duzhan.base.ledger.models import Event
from duzhan.base.ledger.verify import verify
from duzhan.operations.actions import set_focuses, start
from duzhan.operations.models import Operation
from duzhan.operations.queries import focuses_of, groups_of
from duzhan.people.actions import appoint, form_group, register_person
from duzhan.people.models import Group, Membership, Post
from tests.builders.pages import asked_by, of, sends_to_sign_in, words_of
from tests.people import HOUR, NOON, STARTED

PAGE = "/operations/yubei-test/"


@pytest.fixture
def admin(cast):
    person = register_person("admin", "示例系统管理员")
    appoint(person, cast.bodies["office"], "admin", area=cast.areas["district"].path, starts_at=STARTED)
    return person


def another(cast, code="yubei-next", **more):
    return start(code, "渝北区防汛督导（测试）", prefix="YN", area=cast.areas["district"], office=cast.bodies["office"],
                 by=cast.office, **more)  # fmt: skip


# --- which operation ----------------------------------------------------------------------------------------------


def operation_seen(client):
    return client.get("/operations/").wsgi_request.operation


def test_a_request_is_about_the_newest_operation_that_its_person_may_see(cast):
    client = of(cast.inspector)
    assert operation_seen(client) == cast.operation
    newer = another(cast)
    assert operation_seen(client) == newer


def test_another_one_is_looked_at_from_the_switch_on(cast):
    another(cast)
    client = of(cast.inspector)
    answer = client.post("/operations/switch/", {"operation": "yubei-test", "next": "/visits/?q=a"})
    assert (answer.status_code, answer["Location"]) == (302, "/visits/?q=a")
    assert operation_seen(client) == cast.operation


def test_one_that_is_older_than_those_in_the_bar_can_be_chosen(cast):
    for number in range(14):
        another(cast, f"n-{number}")
    client = of(cast.inspector)
    client.post("/operations/switch/", {"operation": "yubei-test"})
    assert operation_seen(client) == cast.operation


@pytest.mark.parametrize("back", ["https://example.org/", "//example.org/", "javascript:alert(1)", ""])
def test_the_switch_leads_nowhere_else(cast, back):
    answer = of(cast.inspector).post("/operations/switch/", {"operation": "yubei-test", "next": back})
    assert answer["Location"] == "/"


def test_what_one_may_not_see_cannot_be_switched_to(cast):
    client = of(cast.far_office)
    assert client.post("/operations/switch/", {"operation": "yubei-test"}).status_code == 404
    assert client.post("/operations/switch/", {"operation": "nowhere"}).status_code == 404
    assert operation_seen(client) is None


def test_somebody_without_a_post_sees_no_operation(cast):
    answer = of(cast.volunteer).get("/operations/")
    assert (answer.wsgi_request.operation, answer.wsgi_request.standing) == (None, "")
    assert "您现在的岗位看不到任何行动" in words_of(answer)


def test_a_right_to_see_ends_with_the_post(cast):
    client = of(cast.inspector)
    client.post("/operations/switch/", {"operation": "yubei-test"})
    cast.inspector.posts.update(ends_at=now())
    assert operation_seen(client) is None


def test_a_page_without_an_operation_asks_for_none(cast):
    client = of(cast.inspector)
    assert client.get("/uploads/00000000-0000-4000-8000-000000000000/").status_code == 404
    answer = client.get("/uploads/00000000-0000-4000-8000-000000000000/")
    assert "operation" not in vars(answer.wsgi_request)


# --- strangers ----------------------------------------------------------------------------------------------------


def test_a_stranger_is_sent_to_sign_in(cast):
    focus = set_focuses(cast.operation, ["testing"], by=cast.office)[0]
    for address in (
        "/operations/", "/operations/new/", PAGE, f"{PAGE}focuses/", f"{PAGE}groups/", f"{PAGE}end/",
        f"{PAGE}groups/{cast.group.pk}/stand-down/", "/people/me/", f"/people/{cast.unit.pk}/",
        f"/people/{cast.unit.pk}/appoint/", f"/people/posts/{cast.unit.posts.first().pk}/end/",
    ):  # fmt: skip
        assert sends_to_sign_in(of(None).get(address)), address
    for address in ("/operations/switch/", f"{PAGE}focuses/{focus.pk}/drop/"):
        assert sends_to_sign_in(of(None).post(address)), address


def test_an_operation_elsewhere_is_not_there(cast):
    for address in (PAGE, f"{PAGE}focuses/", f"{PAGE}end/"):
        assert of(cast.far_office).get(address).status_code == 404


# --- reading ------------------------------------------------------------------------------------------------------


def test_one_operation_says_what_is_looked_at_and_who_answers_for_what(cast):
    set_focuses(cast.operation, ["testing"], by=cast.office, reason="第十二次调度会")
    words = words_of(of(cast.inspector).get(PAGE))
    for expected in ("核酸检测", "第十二次调度会", "示例office", "第一督导组", "示例inspector", "11月19日20时启动"):
        assert expected in words, expected
    assert words.count("无人负责") == 1  # 龙溪街道; the group stands in 双龙湖街道
    assert "撤下" not in words  # an inspector directs nothing


def test_lists_ask_the_same_however_long_they_are(cast):
    client = of(cast.office)
    set_focuses(cast.operation, ["testing"], by=cast.office)
    before = asked_by(client, PAGE), asked_by(client, "/operations/")
    set_focuses(cast.operation, ["supply", "port"], by=cast.leader)
    for number in range(3):
        form_group(f"第{number}组", "special", cast.bodies["office"], operation=cast.operation.pk, by=cast.office,
                   area=cast.areas["other_street"].path, members=[cast.verifier], lent_by={cast.verifier: cast.bodies["street"]})  # fmt: skip
        another(cast, f"n-{number}", started_at=STARTED - number * HOUR)
    assert (asked_by(client, PAGE), asked_by(client, "/operations/")) == before


# --- directing ----------------------------------------------------------------------------------------------------


def test_the_office_sets_a_focus_and_takes_it_off(cast):
    office = of(cast.office)
    answer = office.post(
        f"{PAGE}focuses/", {"codes": ["testing"], "name": "物资中转站", "reason": "晚间调度"}, follow=True
    )
    assert "已定 2 项重点" in words_of(answer)
    assert {focus.name for focus in focuses_of(cast.operation)} == {"核酸检测", "物资中转站"}
    assert {focus.reason for focus in focuses_of(cast.operation)} == {"晚间调度"}
    first = focuses_of(cast.operation)[0]
    with travel(NOON + HOUR):
        office.post(f"{PAGE}focuses/{first.pk}/drop/")
        assert [focus.name for focus in focuses_of(cast.operation)] == ["物资中转站"]
        assert office.post(f"{PAGE}focuses/{first.pk}/drop/").status_code == 409
    event = Event.objects.get(kind="focus.drop")
    assert (event.actor, event.at) == (cast.office.pk, NOON + HOUR)


def test_a_focus_from_tomorrow_on_is_not_one_today(cast):
    of(cast.office).post(f"{PAGE}focuses/", {"name": "返岗人员", "starts_at": "2022-11-26 08:00"})
    assert list(focuses_of(cast.operation)) == []
    assert [focus.name for focus in focuses_of(cast.operation, NOON + 24 * HOUR)] == ["返岗人员"]


def test_a_focus_is_not_set_twice_and_not_left_empty(cast):
    office = of(cast.office)
    office.post(f"{PAGE}focuses/", {"name": "物资中转站"})
    for given, told in (
        ({"name": " 物资中转站"}, "现在已经是重点"),
        ({"reason": "为什么"}, "请选一项重点"),
        ({"codes": ["nonsense"]}, "nonsense"),
    ):
        answer = office.post(f"{PAGE}focuses/", given)
        assert (answer.status_code, told in words_of(answer)) == (400, True), given
    assert "为什么" in words_of(office.post(f"{PAGE}focuses/", {"reason": "为什么"}))
    assert cast.operation.focuses.count() == 1


def group_given(cast, **more):
    return {
        "name": "第二督导组", "kind": "special", "body": cast.bodies["office"].pk, "area": "500112009",
        f"member_{cast.verifier.pk}": "on", f"lent_{cast.verifier.pk}": "双龙湖街道territory", "leader": cast.verifier.pk,
    } | more  # fmt: skip


def test_the_office_forms_a_group_and_stands_it_down(cast):
    office = of(cast.office)
    assert office.post(f"{PAGE}groups/", group_given(cast)).status_code == 302
    group = Group.objects.get(name="第二督导组")
    seat = group.memberships.get()
    assert (group.area, group.kind, seat.person, seat.is_leader) == (
        cast.areas["other_street"].path, "special", cast.verifier, True,
    )  # fmt: skip
    assert seat.lent_by == cast.bodies["street"]
    address = f"{PAGE}groups/{group.pk}/stand-down/"
    assert "示例verifier" in words_of(office.get(address))
    assert group in groups_of(cast.operation)
    assert office.post(address).status_code == 302
    assert group not in groups_of(cast.operation)
    assert group.memberships.get().stage == Membership.Stage.RELEASED
    assert office.post(address).status_code == 409


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"area": "火星街道"}, "没有叫“火星街道”的区域"),
        ({"area": "450324"}, "没有叫“450324”的区域"),  # it lies elsewhere
        ({"name": "第一督导组"}, "已有一个在岗的“第一督导组”"),
        ({"leader": 0}, "0"),
        ({"kind": "nonsense"}, "nonsense"),
        ({"starts_at": "昨天"}, "不是时刻"),
    ],
)
def test_a_group_that_is_wrong_is_not_formed_and_nothing_typed_is_lost(cast, wrong, told):
    answer = of(cast.office).post(f"{PAGE}groups/", group_given(cast, **wrong))
    assert answer.status_code == 400
    assert told in words_of(answer)
    assert "双龙湖街道territory" in words_of(answer)
    assert Group.objects.count() == 1


def test_a_group_needs_members_lenders_that_exist_and_a_leader_among_them(cast):
    office, lent = of(cast.office), f"lent_{cast.verifier.pk}"
    nobody = {name: value for name, value in group_given(cast).items() if not name.startswith("member_")}
    assert "请至少选一名组员" in words_of(office.post(f"{PAGE}groups/", nobody))
    assert "没有叫“火星局”的单位" in words_of(office.post(f"{PAGE}groups/", group_given(cast, **{lent: "火星局"})))
    assert "组长须是组员" in words_of(office.post(f"{PAGE}groups/", group_given(cast, leader=cast.inspector.pk)))
    assert Group.objects.count() == 1


def start_given(cast, **more):
    return {
        "name": "渝北区防汛督导", "code": "yubei-flood", "prefix": "YF", "area": "渝北区", "office": cast.bodies["office"].pk,
        "words": "epidemic", "level": "level_2", "started_at": "2022-11-25 08:30", "cut_off": "17:30",
    } | more  # fmt: skip


def test_the_office_starts_an_operation_to_the_minute_and_ends_it(cast):
    office = of(cast.office)
    assert office.post("/operations/new/", start_given(cast)).status_code == 302
    started = Operation.objects.get(code="yubei-flood")
    assert (started.level, f"{started.started_at:%H:%M}", f"{started.cut_off:%H:%M}") == ("level_2", "00:30", "17:30")
    assert operation_seen(office) == started  # it is looked at from now on
    answer = office.post("/operations/yubei-flood/end/", {"sure": "yubei"})
    assert (answer.status_code, "代号不符" in words_of(answer)) == (400, True)
    assert office.post("/operations/yubei-flood/end/", {"sure": "yubei-flood"}).status_code == 302
    started.refresh_from_db()
    assert (started.stage, started.ended_at) == ("ended", NOON)
    for address in ("end/", "focuses/", "groups/"):
        assert office.get(f"/operations/yubei-flood/{address}").status_code == 409
    assert "定重点</a>" not in words_of(office.get("/operations/yubei-flood/"))
    assert list(verify()) == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"code": "yubei-test"}, "已被使用"), ({"code": "switch"}, "留作他用"), ({"code": "有汉字"}, ""),
        ({"area": "全州县"}, "不在您的督导办负责的范围内"), ({"area": "火星"}, "没有叫“火星”的区域"), ({"prefix": "yf"}, ""),
        ({"level": "nonsense"}, ""), ({"started_at": "明天"}, "不是时刻"), ({"started_at": "2032-01-01 00:00"}, "在将来"),
        ({"cut_off": "25:00"}, ""), ({"office": "0"}, ""),
    ],
)  # fmt: skip
def test_an_operation_that_is_wrong_is_not_started(cast, wrong, told):
    answer = of(cast.office).post("/operations/new/", start_given(cast, **wrong))
    assert answer.status_code == 400
    assert told in words_of(answer)
    assert "渝北区防汛督导" in words_of(answer)
    assert Operation.objects.count() == 1


@pytest.mark.parametrize("name", ["inspector", "leader", "discipline", "unit"])
def test_nobody_but_the_office_directs(cast, name):
    client = of(cast.people[name])
    focus = set_focuses(cast.operation, ["testing"], by=cast.office)[0]
    before = Event.objects.count()
    for address in (f"{PAGE}focuses/", f"{PAGE}groups/", f"{PAGE}end/", f"{PAGE}groups/{cast.group.pk}/stand-down/",
                    "/operations/new/"):  # fmt: skip
        answer = client.post(address, {"name": "某重点", "sure": "yubei-test"})
        assert answer.status_code == 403, address
        assert "督导办" in words_of(answer)
    assert client.post(f"{PAGE}focuses/{focus.pk}/drop/").status_code == 403
    assert Event.objects.count() == before


def test_a_focus_and_a_group_of_another_operation_are_not_there(cast):
    other = another(cast)
    [focus] = set_focuses(other, ["testing"], by=cast.office)
    office = of(cast.office)
    assert office.post(f"{PAGE}focuses/{focus.pk}/drop/").status_code == 404
    assert office.post(f"/operations/yubei-next/groups/{cast.group.pk}/stand-down/").status_code == 404


# --- posts --------------------------------------------------------------------------------------------------------


def test_everybody_reads_their_own_posts(cast):
    words = words_of(of(cast.inspector).get("/people/me/"))
    for expected in ("督导组员", "渝北区", "第一督导组", "组长"):
        assert expected in words
    assert "您现在没有岗位" in words_of(of(cast.volunteer).get("/people/me/"))


def test_the_administrator_appoints_and_ends_a_post(cast, admin):
    client, address = of(admin), f"/people/{cast.volunteer.pk}/"
    given = {
        "role": "inspector",
        "body": "渝北区office",
        "area": "双龙湖街道",
        "operation": cast.operation.pk,
        "ends_at": "2022-12-01 00:00",
    }
    assert client.post(f"{address}appoint/", given).status_code == 302
    post = cast.volunteer.posts.get()
    assert (post.role, post.area, post.operation) == ("inspector", cast.areas["street"].path, cast.operation.pk)
    assert (post.starts_at, Event.objects.get(kind="post.appoint", subject_id=post.pk).actor) == (NOON, admin.pk)
    for expected in ("督导组员", "双龙湖街道", "渝北区疫情防控督导（测试）", "2022-12-01 00:00"):
        assert expected in words_of(client.get(address))
    with travel(NOON + HOUR):
        assert client.post(f"/people/posts/{post.pk}/end/", {"ends_at": "2022-11-25 08:00"}).status_code == 400
        assert client.post(f"/people/posts/{post.pk}/end/").status_code == 302
        assert client.post(f"/people/posts/{post.pk}/end/").status_code == 409
    post.refresh_from_db()
    assert post.ends_at == NOON + HOUR
    with travel(NOON + 2 * HOUR):
        assert operation_seen(of(cast.volunteer)) is None


@pytest.mark.parametrize(
    ("wrong", "status", "told"),
    [
        ({"area": ""}, 400, "不超出其负责的区域"),  # everywhere is wider than the administrator's own
        ({"area": "全州县"}, 400, "不超出其负责的区域"),
        ({"area": "火星"}, 400, "没有叫“火星”的区域"),
        ({"body": "火星局"}, 400, "没有叫“火星局”的单位"),
        ({"role": "emperor"}, 400, "emperor"),
        ({"starts_at": "2022-12-02 00:00", "ends_at": "2022-12-01 00:00"}, 400, "结束时刻早于开始时刻"),
    ],
)  # fmt: skip
def test_nobody_gives_more_than_they_hold(cast, admin, wrong, status, told):
    given = {"role": "admin", "body": "渝北区office", "area": "渝北区"} | wrong
    answer = of(admin).post(f"/people/{cast.volunteer.pk}/appoint/", given)
    assert (answer.status_code, told in words_of(answer)) == (status, True)
    assert not cast.volunteer.posts.exists()


def test_who_stands_elsewhere_is_not_there_for_this_administrator(cast, admin):
    client, post = of(admin), cast.far_office.posts.get()
    for address in (
        f"/people/{cast.far_office.pk}/",
        f"/people/{cast.far_office.pk}/appoint/",
        f"/people/posts/{post.pk}/end/",
    ):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code in (404, 405)
    post.refresh_from_db()
    assert post.ends_at is None


@pytest.mark.parametrize("name", ["office", "inspector", "leader", "unit", "volunteer"])
def test_nobody_but_an_administrator_appoints(cast, name):
    client, before = of(cast.people[name]), Post.objects.count()
    post = cast.unit.posts.get()
    for address in (
        f"/people/{cast.volunteer.pk}/",
        f"/people/{cast.volunteer.pk}/appoint/",
        f"/people/posts/{post.pk}/end/",
    ):
        answer = client.get(address)
        assert (answer.status_code, "系统管理员" in words_of(answer)) == (403, True)
    client.post(f"/people/{cast.volunteer.pk}/appoint/", {"role": "admin", "body": "渝北区office", "area": "渝北区"})
    client.post(f"/people/posts/{post.pk}/end/")
    post.refresh_from_db()
    assert (Post.objects.count(), post.ends_at) == (before, None)
