"""外来通报 as people use it: taken in, read, put right, filed; strangers see nothing of it."""

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
from duzhan.supervision.problems.flow import Stage
from tests.builders.problems import problem_at
from tests.insight.bulletins.evenings import EVENING, as_, of, page, taken_in, told

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


@pytest.mark.parametrize(
    ("begins", "name"),
    [
        ("11月25日，区督导办走访点位120个", "11月25日，区督导办走访点位120个"),
        ("截至11月25日18时，走访点位120个", "截至11月25日18时，走访点位120个"),
        ("区督导办发挥表率作用", "区督导办发挥表率作用"),
    ],
)
def test_the_first_clause_of_a_long_line_is_its_name_and_a_day_is_none(evening, begins, name):
    line = f"{begins}，发现的问题逐一交办，责任单位当日整改，次日由督导组逐点核验后销号。"
    assert taken_in(evening, line).name == name


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
        ({"file": SimpleUploadedFile("a.exe", b"MZ123")}, "扩展名"),
        ({"words": "发现问题5个。" * 30_000}, "20万字"),
        ({"words": "发现问题5个", "said_at": "昨日"}, "昨日"),
        ({"words": "发现问题5个", "body": "9999"}, "选择"),
    ],
    ids="nothing both empty binary disguised long instant body".split(),
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
