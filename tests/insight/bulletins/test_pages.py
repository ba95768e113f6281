"""外来通报 as people use it: taken in, read, put right, laid beside the ledger, filed; strangers see nothing of it."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from duzhan.base.clock.instants import travel
from duzhan.base.errors import BadInput, CannotMove, NotAllowed
from duzhan.base.ledger.models import Event
from duzhan.insight.briefing.models import SelfReport
from duzhan.insight.bulletins import actions
from duzhan.insight.bulletins.models import Bulletin
from duzhan.people.actions import found_body
from duzhan.people.models import Group
from duzhan.supervision.problems.flow import Stage
from tests.builders.problems import problem_at
from tests.people import HOUR, NOON

EVENING = NOON + 8 * HOUR
TOLD = (
    "双龙湖街道督导简报\n截至11月25日18时，街道纪工委共检查点位12个，发现问题5个，交办问题2个，"
    "已整改{rectified}个，正在整改{open}个。"
)


def told(rectified=1, open_=1):
    return TOLD.format(rectified=rectified, open=open_)


@pytest.fixture
def evening(cast):
    """Eight in the evening: in 双龙湖街道 one problem is closed and one accepted, both before six o'clock."""
    cast.accepted, cast.closed = problem_at(cast, Stage.ACCEPTED), problem_at(cast, Stage.CLOSED)
    with travel(EVENING):
        yield cast


def taken_in(cast, words, **more):
    return actions.take_in(cast.operation, by=cast.office, words=words, said_at=EVENING, **more)


def of(bulletin, key):
    return next((number, each) for number, each in bulletin.standing if each["type"] == key)


def as_(client, cast, name):
    client.force_login(cast.people[name])
    return client


def page(client, name, *args, **query):
    return client.get(reverse(name, args=args), query)


# --- taking in --------------------------------------------------------------------------------------------------


def test_a_pasted_text_is_read_and_every_figure_marked(client, evening):
    office = as_(client, evening, "office")
    answer = office.post(reverse("bulletin-new"), {"words": told(), "said_at": "2022-11-25 20:00"})
    bulletin = Bulletin.objects.get()
    assert answer.url == reverse("bulletin", args=[bulletin.pk])
    assert bulletin.name == "双龙湖街道督导简报" and bulletin.encoding == "utf-8"
    assert bulletin.as_of.isoformat() == "2022-11-25T10:00:00+00:00"
    said = page(office, "bulletin", bulletin.pk).content.decode()
    marked = re.sub(r"<span class=\"bul-tip\".*?</span></span>", "", said, flags=re.DOTALL)
    assert marked.count('class="bul-f') == len(bulletin.standing) >= 5 and "问题5个" in marked
    event = Event.objects.get(kind="bulletin.take_in")
    assert event.book == evening.operation.pk and event.actor == evening.office.pk


def test_the_same_request_is_taken_in_once(client, evening):
    office = as_(client, evening, "office")
    key = str(page(office, "bulletin-new").context["form"]["request_key"].value())
    for _ in range(2):
        office.post(reverse("bulletin-new"), {"words": told(), "request_key": key})
    assert Bulletin.objects.count() == 1


@pytest.mark.parametrize("codec", ["gb18030", "utf-16"])
def test_an_uploaded_file_is_kept_as_it_came(client, evening, codec):
    given = told().encode(codec)
    file = SimpleUploadedFile("简报.txt", given)
    as_(client, evening, "office").post(reverse("bulletin-new"), {"file": file, "words": ""})
    bulletin = Bulletin.objects.get()
    assert bulletin.text == told()
    (upload,) = page(client, "bulletin", bulletin.pk).context["uploads"]
    kept = client.get(reverse("uploads:shown", args=[upload.pk]))
    assert b"".join(kept.streaming_content) == given
    assert kept["Content-Type"].startswith("text/plain") and "attachment" in kept["Content-Disposition"]
    assert as_(client, evening, "far_office").get(reverse("uploads:shown", args=[upload.pk])).status_code == 404


def test_a_page_is_shown_without_its_tags_and_scripts(client, evening):
    words = f"<html><script>alert(9)</script><p>{told().replace('5个', '<b>5</b>个')}</p><img src=x onerror=alert(1)></html>"
    bulletin = taken_in(evening, words)
    said = page(as_(client, evening, "office"), "bulletin", bulletin.pk).content.decode()
    assert "发现问题5个" in re.sub(r"<[^>]*>", "", said) and "alert" not in said and "onerror" not in said


def test_what_is_pasted_is_never_run(client, evening):
    bulletin = taken_in(evening, "发现问题5个，&lt;script&gt;alert(1)&lt;/script&gt;<p>已整改3个</p>")
    said = page(as_(client, evening, "office"), "bulletin", bulletin.pk).content.decode()
    assert "<script>alert" not in said and "&lt;script&gt;alert" in said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"words": ""}, "请粘贴正文"),
        ({"words": "发现问题5个", "file": SimpleUploadedFile("a.txt", b"5")}, "二者取一"),
        ({"file": SimpleUploadedFile("a.txt", b"")}, "空的"),
        ({"file": SimpleUploadedFile("a.txt", bytes(range(256)) * 9)}, "不是文字文件"),
        ({"words": "发现问题5个。" * 30_000}, "20万字"),
        ({"words": "发现问题5个", "said_at": "昨日"}, "昨日"),
        ({"words": "发现问题5个", "body": "9999"}, "选择"),
    ],
    ids="nothing both empty binary long instant body".split(),
)
def test_what_cannot_be_taken_in_is_refused_and_nothing_kept(client, evening, given, said):
    for each in given.values():
        if hasattr(each, "seek"):
            each.seek(0)
    answer = as_(client, evening, "office").post(reverse("bulletin-new"), given)
    assert answer.status_code == 400 and said in answer.content.decode()
    assert not Bulletin.objects.exists() and not Event.objects.filter(subject_kind="bulletin").exists()


def test_a_bomb_is_refused(evening):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"1" * 40_000_000)
    with pytest.raises(BadInput):
        actions.take_in(evening.operation, by=evening.office, file=SimpleUploadedFile("a.docx", packed.getvalue()))
    assert not Bulletin.objects.exists()


# --- who ----------------------------------------------------------------------------------------------------------


def test_a_unit_reads_its_own_and_others_none(client, evening):
    own = taken_in(evening, told(), body=evening.bodies["street"])
    draft = taken_in(evening, told(), is_ours=True)
    for name, seen in {"unit": [own], "other_unit": [], "leader": [draft, own], "office": [draft, own]}.items():
        rows = page(as_(client, evening, name), "bulletin-list").context["page"].rows
        assert list(rows) == seen, name
        for bulletin in (own, draft):
            assert page(client, "bulletin", bulletin.pk).status_code == (200 if bulletin in seen else 404)
    assert page(as_(client, evening, "far_office"), "bulletin", own.pk).status_code == 404


def test_only_whoever_took_it_in_and_the_office_put_right(evening):
    bulletin = taken_in(evening, told(), body=evening.bodies["street"])
    number, figure = of(bulletin, "problems_found")
    before = bulletin.figures
    for name in ("unit", "inspector", "leader"):
        with pytest.raises(NotAllowed):
            actions.correct(bulletin, number, figure | {"value": 6}, by=evening.people[name])
        with pytest.raises(NotAllowed):
            actions.drop(bulletin, number, by=evening.people[name])
        with pytest.raises(NotAllowed):
            actions.add(bulletin, 0, 2, figure, by=evening.people[name])
    bulletin.refresh_from_db()
    assert bulletin.figures == before


# --- putting right ------------------------------------------------------------------------------------------------


def test_a_figure_is_put_right_and_the_event_says_what_it_was(client, evening):
    bulletin = taken_in(evening, told())
    number, figure = of(bulletin, "problems_found")
    address = reverse("bulletin-figure", args=[bulletin.pk, number])
    office = as_(client, evening, "office")
    assert "问题5个</mark>" in office.get(address).content.decode()
    said = {"type": "problems_handed_over", "value": "6", "approx": "余", "unit": "个", "scope": "全区"}
    answer = office.post(address, said | {"as_of": "2022-11-25 17:00"})
    assert answer.url == f"{reverse('bulletin', args=[bulletin.pk])}#f{number}"
    bulletin.refresh_from_db()
    after = bulletin.figures[number]
    assert (after["type"], after["value"], after["approx"], after["scope"]) == ("problems_handed_over", 6, "余", "全区")
    assert after["as_of"] == "2022-11-25T17:00" and after["state"] == "corrected" and after["start"] == figure["start"]
    event = Event.objects.get(kind="bulletin.correct")
    assert event.facts["was"] == figure and event.facts["is"]["value"] == 6


@pytest.mark.parametrize(
    "wrong",
    [{"value": ""}, {"value": "五"}, {"value": "1e40"}, {"type": "nothing"}, {"approx": "大概"}, {"as_of": "昨"}],
)
def test_a_wrong_correction_changes_nothing(client, evening, wrong):
    bulletin = taken_in(evening, told())
    number, figure = of(bulletin, "problems_found")
    said = {"type": figure["type"], "value": "6", "approx": "", "unit": "个", "scope": ""} | wrong
    answer = as_(client, evening, "office").post(reverse("bulletin-figure", args=[bulletin.pk, number]), said)
    before = bulletin.figures
    bulletin.refresh_from_db()
    assert answer.status_code == 400 and bulletin.figures == before


def test_what_is_no_number_leaves_the_count_and_stays_on_record(client, evening):
    bulletin = taken_in(evening, told())
    number, _figure = of(bulletin, "points_visited")
    as_(client, evening, "office").post(reverse("bulletin-drop", args=[bulletin.pk, number]))
    bulletin.refresh_from_db()
    assert len(bulletin.figures) == 5 and len(bulletin.standing) == 4
    assert Event.objects.get(kind="bulletin.drop").facts["figure"] == number


def test_a_figure_is_added_by_its_words(client, evening):
    bulletin = taken_in(evening, "　　督導組看望群眾若干戶，看望學生若干戶(hù)，均已登記(jì)。")
    said = {"piece": "若干戶", "before": "看望學生", "type": "other", "value": "3", "unit": "户"}
    as_(client, evening, "office").post(reverse("bulletin-add", args=[bulletin.pk]), said)
    bulletin.refresh_from_db()
    (added,) = [each for _number, each in bulletin.standing if each["state"] == "added"]
    assert added["text"] == "若干戶(hù)" and bulletin.text[: added["start"]].endswith("看望學生")
    refused = client.post(reverse("bulletin-add", args=[bulletin.pk]), said | {"piece": "四戶"})
    assert refused.status_code == 400 and "照原文抄写" in refused.content.decode()


# --- beside the ledger --------------------------------------------------------------------------------------------


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


# --- filing -------------------------------------------------------------------------------------------------------


def test_figures_are_filed_as_what_the_body_says_of_itself(client, evening):
    bulletin = taken_in(evening, told().replace("问题5个", "问题310余个"), body=evening.bodies["street"])
    unit = as_(client, evening, "unit")
    form = page(unit, "bulletin-file", bulletin.pk).context["form"]
    chosen = {key: form.fields[key].initial for key in form.keys}
    said = {"body": evening.bodies["street"].pk, "as_of": "2022-11-25 18:00", **chosen}
    assert unit.post(reverse("bulletin-file", args=[bulletin.pk]), said).status_code == 302
    filed = SelfReport.objects.get()
    assert filed.figures["problems_found"] == {"value": 310, "approx": "余", "text": "310余"}
    assert filed.figures["problems_rectified"]["value"] == 1 and filed.body == evening.bodies["street"]
    bulletin.refresh_from_db()
    assert (bulletin.stage, bulletin.self_report) == ("filed", filed.pk)
    again = unit.post(reverse("bulletin-file", args=[bulletin.pk]), said)
    assert again.status_code == 400 and SelfReport.objects.count() == 1
    with pytest.raises(CannotMove):
        actions.drop(bulletin, 0, by=evening.office)


def test_nobody_files_for_another_body(client, evening):
    bulletin = taken_in(evening, told(), body=evening.bodies["street"])
    said = {"body": evening.bodies["other_street"].pk, "as_of": "2022-11-25 18:00", "problems_found": "1"}
    assert as_(client, evening, "unit").post(reverse("bulletin-file", args=[bulletin.pk]), said).status_code == 400
    assert as_(client, evening, "leader").post(reverse("bulletin-file", args=[bulletin.pk]), said).status_code == 400
    assert not SelfReport.objects.exists()


def test_the_pages_stay_at_a_fixed_number_of_queries(client, evening, django_assert_max_num_queries):
    for _ in range(5):
        taken_in(evening, told(), body=evening.bodies["street"])
    office = as_(client, evening, "office")
    page(office, "bulletin-list")
    with django_assert_max_num_queries(20):
        page(office, "bulletin-list")
    with django_assert_max_num_queries(60):
        page(office, "bulletin", Bulletin.objects.last().pk)


def test_a_day_later_the_same_text_is_compared_as_of_its_own_cut_off(client, evening):
    bulletin = taken_in(evening, "截至11月25日18时，全区发现问题2个。", is_ours=True)
    with travel(EVENING + timedelta(days=1)):
        problem_at(evening, Stage.FOUND)
        (line,) = page(as_(client, evening, "office"), "bulletin", bulletin.pk).context["lines"]
    assert line.agrees and line.ours == 2


# --- instants ---------------------------------------------------------------------------------------------------


def test_a_cut_off_without_a_year_is_of_the_year_in_which_it_falls_into_the_operation(evening):
    bulletin = actions.take_in(evening.operation, by=evening.office, words=told())
    assert bulletin.as_of == NOON + 6 * HOUR
    assert {each["as_of"] for each in bulletin.figures} == {"2022-11-25T18:00"}


def test_a_cut_off_outside_the_operation_keeps_its_open_year(evening):
    bulletin = actions.take_in(evening.operation, by=evening.office, words=told().replace("11月25日", "3月2日"))
    assert bulletin.as_of is None
    assert {each["as_of"] for each in bulletin.figures} == {"--03-02T18:00"}


def test_a_day_without_an_hour_is_stated_to_its_end(evening):
    bulletin = taken_in(evening, told().replace("25日18时", "24日"))
    assert bulletin.as_of.astimezone(evening.operation.tz).strftime("%m-%d %H:%M:%S") == "11-24 23:59:59"


def test_a_long_first_line_gives_its_first_clause_as_title(evening):
    words = told().replace("\n", "：") + "其余事项另行通报，请各单位抓紧办理。"
    assert (
        actions.take_in(evening.operation, by=evening.office, words=words).name
        == "双龙湖街道督导简报：截至11月25日18时"
    )
