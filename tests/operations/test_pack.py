"""The domain pack: what it holds, what it says, and how it refuses a file that is wrong."""

import shutil
from datetime import datetime

import pytest
from django.conf import settings as product_settings
from django.utils import translation

from duzhan.base.errors import BadInput
from duzhan.operations import pack as packs

YUBEI = {
    "points_visited": 641,
    "problems_handed_over": 282,
    "problems_rectified": 277,
    "problems_in_progress": 5,
}
SIX_IN_THE_EVENING = datetime(2022, 11, 25, 18)


@pytest.fixture(autouse=True)
def _read_anew():
    packs.load.cache_clear()
    yield
    packs.load.cache_clear()


@pytest.fixture
def epidemic():
    return packs.load("epidemic")


@pytest.fixture
def own_pack(tmp_path, settings):
    """A copy of the pack in the data folder, to be changed at will."""
    settings.DUZHAN_DATA_DIR = tmp_path
    folder = tmp_path / "packs" / "epidemic"
    shutil.copytree(product_settings.DUZHAN_PACKS_DIR / "epidemic", folder)
    return folder


def rewrite(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_words_are_known_by_code_and_read_in_both_languages(epidemic):
    assert epidemic.label("fields", "infection_control") == "院感防控"
    assert epidemic.label("causes", "no_longer_in_the_pack") == "no_longer_in_the_pack"
    with translation.override("en"):
        assert epidemic.label("fields", "infection_control") == "Hospital infection control"
        assert ("hazard", "Hazard") in epidemic.choices("classes")
    assert [code for code, term in epidemic.classes.items() if term.is_restricted] == ["conduct"]
    assert len([each for each in epidemic.clauses.values() if each.book == "ten_prohibitions"]) == 10
    assert epidemic.methods["covert"].is_covert and not epidemic.methods["papers"].is_unannounced


def test_every_kind_of_place_has_its_questions_in_one_list(epidemic):
    asked = [kind for each in epidemic.questions.values() for kind in each.place_kinds]
    assert sorted(asked) == sorted(epidemic.place_kinds)
    question = epidemic.questions_for("checkpoint").questions["double_watch"]
    assert (question.field, question.klass, question.title) == ("watch", "ordinary", "卡口夜间值守缺一人")
    with translation.override("en"):
        assert question.label == "Are there two people on watch at night?"
    assert epidemic.questions_for("volcano") is None


def test_a_topic_holds_three_axes_and_keeps_causes_to_their_class(epidemic):
    assert epidemic.topic("ordinary", "testing", "attitude") == "ordinary:testing:attitude"
    assert epidemic.topic("conduct", "performance", "formalism_bureaucracy")
    for axes, field in [
        (("grave", "testing", "attitude"), "klass"),
        (("ordinary", "weather", "attitude"), "field"),
        (("ordinary", "testing", "moon"), "cause"),
        (("ordinary", "performance", "formalism_bureaucracy"), "cause"),
    ]:
        with pytest.raises(BadInput) as refusal:
            epidemic.topic(*axes)
        assert refusal.value.details["field"] == field


@pytest.mark.parametrize(
    ("klass", "field", "rule"),
    [
        ("hazard", "infection_control", "2h"),
        ("hazard", "cold_chain", "6h"),
        ("ordinary", "protection", "2h"),
        ("conduct", "protection", "3wd"),
        ("ordinary", "cold_chain", "today 24:00"),
    ],
)
def test_the_nearest_deadline_rule_wins(epidemic, klass, field, rule):
    assert epidemic.deadlines.rule(klass, field) == rule


def test_the_report_sentence_in_both_languages(epidemic):
    say = epidemic.wording.say
    assert (
        say("summary", YUBEI, as_of=SIX_IN_THE_EVENING)
        == "截至11月25日18时,共走访点位641个,交办问题282个,已整改277个,其余5个正在整改中."
    )
    assert (
        say("summary", YUBEI, as_of=SIX_IN_THE_EVENING, language="en")
        == "As of 18:00 on 25 November: 641 points visited, 282 problems handed over, 277 rectified, "
        "the other 5 being rectified."
    )


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        (
            {"points_visited": 3206, "problems_found": 846, "problems_rectified": 843},
            "共走访点位3206个,发现问题846个,已整改843个.",
        ),
        (
            {"units_inspected": 1921, "problems_found": 522, "problems_rectified": 516, "rectification_rate": "98.85%"},
            "共督导检查单位、部门、场所1921个,发现问题522个,已整改516个,整改率98.85%.",
        ),
        ({"inspections": 1446, "problems_found": 356}, "共开展监督检查1446次,发现问题356个."),
        (YUBEI | {"problems_rectified": 282, "problems_in_progress": 0},
         "共走访点位641个,交办问题282个,已整改282个,全部整改完毕."),
        (YUBEI | {"problems_rectified": 0, "problems_in_progress": 282},
         "共走访点位641个,交办问题282个,均正在整改中."),
        (dict.fromkeys(YUBEI, 0), "尚未走访点位,暂无交办问题."),
        ({"inspections": 0, "problems_found": 0}, "尚未开展监督检查,未发现问题."),
        ({"points_visited": 641, "problems_found": None}, "共走访点位641个."),
    ],
)  # fmt: skip
def test_the_sentence_follows_what_is_counted(epidemic, figures, said):
    assert epidemic.wording.say("summary", figures, as_of=SIX_IN_THE_EVENING) == "截至11月25日18时," + said


def test_pieces_tell_numbers_from_words(epidemic):
    at = datetime(2022, 11, 25, 18, 30)
    pieces = epidemic.wording.pieces("summary", YUBEI, as_of=at)
    assert [(each.figure, each.text) for each in pieces if each.figure] == [
        (name, str(number)) for name, number in YUBEI.items()
    ]
    assert pieces[0].text + pieces[1].text == "截至11月25日18时30分"
    assert epidemic.wording.pieces("summary", {}, as_of=at) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "why"),
    [
        ("fields.toml", 'zh = "核酸检测"\n', "", "testing", "缺少 zh"),
        ("fields.toml", 'zh = "核酸检测"', 'zh = " "', "testing", "zh 是空的"),
        ("fields.toml", "[testing]", "[Testing]", "Testing", "小写字母"),
        ("fields.toml", "[testing]", "[isolation]", "", "不是 TOML"),
        ("fields.toml", "[testing]", "testing = 1\n[tests]", "testing", "应是一张表"),
        ("fields.toml", 'zh = "核酸检测"', 'zh = "核酸检测"\ncolour = "red"', "testing", "不认识的键 colour"),
        ("clauses.toml", "number = 1\n", 'number = "1"\n', "no_disobedience", "number 的值类型不对"),
        (
            "clauses.toml",
            'book = "ten_prohibitions"',
            'book = "twelve"',
            "no_disobedience",
            "“twelve”不在词表中",
        ),
        ("causes.toml", 'klass = "conduct"', 'klass = "grave"', "formalism_bureaucracy", "“grave”不在词表中"),
        ("deadlines.toml", 'default = "today 24:00"', 'default = "soon"', "default", "“soon”不是时限"),
        ("deadlines.toml", 'watch = "2h"', "watch = 2", "by_field.watch", "“2”不是时限"),
        ("deadlines.toml", 'hazard = "6h"', 'grave = "6h"', "by_klass", "“grave”不在词表中"),
        ("deadlines.toml", '"hazard:isolation"', '"hazard:sea"', "by_klass_and_field", "“sea”不在词表中"),
        ("questions/port.toml", 'field = "port"', 'field = "sea"', "questions.lane", "“sea”不在词表中"),
        ("questions/port.toml", 'due = "2h"', 'due = "2"', "questions.lane", "“2”不是时限"),
        (
            "questions/port.toml",
            'cause = "careless_measures"',
            'cause = "one_cut"',
            "questions.lane",
            "原因与类别不配",
        ),
        ("questions/port.toml", '["port"]', '["custody"]', "place_kinds", "已有另一张检查表"),
        ("questions/port.toml", '["port"]', '["harbour"]', "place_kinds", "“harbour”不在词表中"),
        ("questions/port.toml", "[questions.lane]", "[questions.Lane]", "questions.Lane", "小写字母"),
        (
            "wording.toml",
            "共走访点位{points_visited}个",
            "共走访点位{points_visited个",
            "sentences.summary.parts",
            "花括号",
        ),
        ("wording.toml", "共走访点位{points_visited}个", "共走访点位", "sentences.summary.parts", "不同的数"),
        ("pack.toml", 'version = "1.0"', "version = 1.0", "", "version"),
    ],
)
def test_a_wrong_file_is_refused_saying_where(own_pack, file, old, new, key, why):
    rewrite(own_pack / file, old, new)
    with pytest.raises(BadInput) as refusal:
        packs.load("epidemic")
    assert refusal.value.details["file"] == f"epidemic/{file}"
    assert refusal.value.details["key"] == key
    assert f"epidemic/{file}" in str(refusal.value) and why in str(refusal.value)


def test_a_missing_file_is_named(own_pack):
    (own_pack / "methods.toml").unlink()
    with pytest.raises(BadInput, match=r"epidemic/methods\.toml：缺少这个文件"):
        packs.load("epidemic")


def test_a_pack_in_the_data_folder_goes_before_the_one_that_comes_along(own_pack):
    rewrite(own_pack / "fields.toml", "核酸检测", "核酸筛查")
    assert packs.load("epidemic").fields["testing"].zh == "核酸筛查"
    own_pack.rename(own_pack.with_name("flood"))
    packs.load.cache_clear()
    assert packs.load("epidemic").fields["testing"].zh == "核酸检测"
    assert packs.available() == ["epidemic", "flood"]


@pytest.mark.parametrize("name", ["volcano", "", "../epidemic", "Epidemic", "epidemic/../epidemic", "a" * 500])
def test_no_such_pack(name):
    with pytest.raises(BadInput, match="没有领域包"):
        packs.load(name)
