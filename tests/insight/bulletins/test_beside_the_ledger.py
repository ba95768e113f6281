"""外来通报 beside the ledger: what differs is shown with the records that make it."""

import pytest
from django.urls import reverse

from duzhan.base.clock.instants import travel
from duzhan.base.ledger.models import Event
from duzhan.people.actions import found_body
from duzhan.people.models import Group
from duzhan.supervision.problems.flow import Stage
from tests.builders.problems import problem_at
from tests.insight.bulletins.evenings import EVENING, as_, page, taken_in, told
from tests.people import HOUR


def test_a_draft_is_laid_beside_the_ledger_before_it_is_published(client, evening):
    words = "截至11月25日18时，全区交办问题2个，已整改1个，正在整改1个，发现问题2个。"
    bulletin = taken_in(evening, words, is_ours=True)
    context = page(as_(client, evening, "office"), "bulletin", bulletin.pk).context
    assert [(line.figure["type"], line.agrees) for line in context["lines"]] == [
        ("problems_handed_over", True), ("problems_rectified", True), ("problems_in_progress", True),
        ("problems_found", True),
    ]  # fmt: skip


def test_a_difference_names_the_record_that_makes_it(client, evening):
    with travel(EVENING + HOUR):
        from_six = problem_at(evening, Stage.FOUND)
    with travel(EVENING + 12 * HOUR):
        bulletin = taken_in(evening, "截至11月25日20时30分，全区发现问题3个。", is_ours=True)
        (line,) = page(as_(client, evening, "office"), "bulletin", bulletin.pk).context["lines"]
    assert not line.agrees and (line.theirs, line.ours, line.difference) == (3, 2, 1)
    assert [(sign, record.pk) for sign, record in line.records] == [("+", from_six.pk)]


def test_when_they_say_less_the_newest_records_before_the_cut_off_are_named(client, evening):
    bulletin = taken_in(evening, "截至11月25日20时，全区发现问题1个。", is_ours=True)
    (line,) = page(as_(client, evening, "office"), "bulletin", bulletin.pk).context["lines"]
    assert (line.difference, [(sign, record.pk) for sign, record in line.records]) == (-1, [("−", evening.closed.pk)])


def test_what_contradicts_our_records_is_shown_to_a_person_and_not_judged(client, evening):
    bulletin = taken_in(evening, told(rectified=2, open_=0), body=evening.bodies["street"])
    office = as_(client, evening, "office")
    seen = page(office, "bulletin", bulletin.pk)
    kinds = {line.figure["type"] for line in seen.context["contradictions"]}
    assert kinds == {"problems_rectified", "problems_in_progress"}
    assert "请人核对" in seen.content.decode()
    assert as_(client, evening, "unit").post(
        reverse("bulletin-look-into", args=[bulletin.pk]), {"note": "无误"}
    ).status_code == 400  # fmt: skip
    as_(client, evening, "office").post(
        reverse("bulletin-look-into", args=[bulletin.pk]), {"note": "已电话核实，晚报一件"}
    )
    bulletin.refresh_from_db()
    assert bulletin.looked_into == "已电话核实，晚报一件"
    assert Event.objects.filter(kind="bulletin.look_into").count() == 1


@pytest.mark.parametrize("whom", ["山西省太原市", "渝北区教育局", "渝北区龙溪街道某某公司"])
def test_another_place_or_body_is_not_compared(client, evening, whom):
    bulletin = taken_in(evening, f"截至11月25日18时，{whom}发现问题99个。")
    assert page(as_(client, evening, "office"), "bulletin", bulletin.pk).context["lines"] == []


def test_a_group_is_compared_with_what_it_did_itself(client, evening):
    bulletin = taken_in(evening, "截至11月25日18时，第一督导组发现问题3个。全区发现问题2个。")
    own, whole = page(as_(client, evening, "office"), "bulletin", bulletin.pk).context["lines"]
    group = Group.objects.get(name="第一督导组")
    assert (own.part.name, own.part.asked, own.ours) == ("第一督导组", (("group", group.pk),), 2)
    assert not own.agrees and not own.contradiction and whole.agrees


def test_a_responsible_unit_is_compared_with_its_own_figures(client, evening):
    health = found_body("渝北区卫生健康委员会", "department", area=evening.areas["district"].path)
    bulletin = taken_in(evening, "截至11月25日18时，渝北区卫生健康委发现问题2个，已整改1个。", body=health)
    found, mended = page(as_(client, evening, "office"), "bulletin", bulletin.pk).context["lines"]
    assert found.part.asked == (("unit", health.pk),) and (found.ours, mended.ours) == (0, 0)
    assert mended.contradiction and f"unit={health.pk}" in mended.url


def test_who_supervises_speaks_for_the_whole(client, evening):
    found_body("渝北区纪委监委", "commission", area=evening.areas["district"].path)
    bulletin = taken_in(evening, "截至11月25日18时，渝北区纪委监委交办问题2个。")
    (line,) = page(as_(client, evening, "office"), "bulletin", bulletin.pk).context["lines"]
    assert line.part.asked == () and line.agrees


def test_a_street_is_compared_as_an_area_though_a_body_is_called_alike(client, evening):
    found_body("龙溪街道", "territory", area=evening.areas["other_street"].path)
    bulletin = taken_in(evening, "截至11月25日18时，渝北区龙溪街道发现问题1个。")
    (line,) = page(as_(client, evening, "office"), "bulletin", bulletin.pk).context["lines"]
    assert line.part.asked == (("area", evening.areas["other_street"].code),)


def test_a_share_opens_its_two_numbers_and_names_the_records_of_the_first(client, evening):
    bulletin = taken_in(evening, "截至11月25日18时，全区整改率100%。", is_ours=True)
    office = as_(client, evening, "office")
    answer = page(office, "bulletin", bulletin.pk)
    (line,) = answer.context["lines"]
    assert [(label, value) for label, value, _url in line.made_of] == [("已整改", 1), ("交办问题", 2)]
    for _label, value, url in line.made_of:
        assert url.replace("&", "&amp;") in answer.content.decode()
        behind = office.get(url)
        assert behind.status_code == 200 and behind.context["value"] == value == len(behind.context["page"].rows)
    with travel(EVENING + HOUR):
        mended = problem_at(evening, Stage.CLOSED)
    with travel(EVENING + 12 * HOUR):
        (line,) = page(office, "bulletin", bulletin.pk).context["lines"]
    assert not line.agrees and [(sign, record.pk) for sign, record in line.records] == [("+", mended.pk)]


def test_a_cumulative_figure_does_not_fall_without_a_word(client, evening):
    street = evening.bodies["street"]
    first = taken_in(evening, told(), body=street)
    words = told().replace("25日18时", "25日19时").replace("问题5个", "问题4个").replace("正在整改1", "正在整改0")
    second = taken_in(evening, words, body=street)
    (fall,) = page(as_(client, evening, "office"), "bulletin", second.pk).context["falls"]
    assert (fall.before, fall.was["value"], fall.figure["value"]) == (first, 5, 4)
    assert page(client, "bulletin", first.pk).context["falls"] == []
