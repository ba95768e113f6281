"""The command line and figures: a report, and the records behind each of its numbers."""

import csv
import io
import json

import pytest

from duzhan.base.clock.instants import travel
from duzhan.base.ledger import actions as ledger
from duzhan.insight.figures import queries
from duzhan.insight.figures.catalogue import CATALOGUE
from duzhan.places.actions import add_area
from duzhan.supervision.inspections.actions import record_visit
from tests.people import HOUR, NOON


def report(say, *more):
    code, out, err = say("report", "yubei-test", *more, "--format", "json")
    assert (code, err) == (0, "")
    return json.loads(out)


# --- report -----------------------------------------------------------------------------------------------------


def test_the_report_as_json_says_what_the_figures_say(busy, say):
    told = report(say)
    figures = queries.figures(busy.operation)
    assert list(told)[:5] == ["operation", "as_of", "known_at", "area", "area_code"]
    assert (told["operation"], told["area"], told["area_code"]) == ("yubei-test", "渝北区", "500112")
    assert told["as_of"] == told["known_at"] == "2022-11-25T12:00:00+08:00"
    assert set(told["figures"]) == set(CATALOGUE)
    assert told["figures"].pop("rectification_rate") == 40.0
    assert told["ratios"] == {"rectification_rate": {"n": 2, "N": 5}}
    assert told["figures"] == {key: value for key, value in figures.values.items() if key != "rectification_rate"}
    assert told["identities"][0] == {"text": "5 = 2 + 3", "holds": True}
    assert told["sentence"] == "截至11月25日12时,共走访点位2个,交办问题5个,已整改2个,其余3个正在整改中."
    assert told["seal"] is None


def test_a_rate_of_nothing_is_null(cast, say):
    assert report(say)["figures"]["rectification_rate"] is None


def test_as_of_and_known_at(busy, say):
    with travel(NOON + 2 * HOUR):
        record_visit(busy.operation, {"point": busy.points["station"], "at": NOON}, by=busy.inspector)

        def inspections(*more):
            return report(say, *more)["figures"]["inspections"]

        assert inspections() == 3
        assert inspections("--as-of", "2022-11-25T11:59:59+08:00") == 0
        assert inspections("--as-of", "2022-11-25T04:00:00+00:00") == inspections("--as-of", "2022-11-25 12:00") == 3
        assert inspections("--as-of", "2022-11-25 12:00", "--known-at", "2022-11-25T13:00") == 2
        assert inspections("--as-of", "2022-11-24") == 0


def test_a_day_is_its_end_and_is_written_as_24(busy, say):
    with travel(NOON + 50 * HOUR):
        told = report(say, "--as-of", "2022-11-25")
    assert told["as_of"] == "2022-11-25T23:59:59.999999+08:00"
    assert told["sentence"].startswith("截至11月25日24时,")


@pytest.mark.parametrize("area", ["500112009", "龙溪街道", "龙溪"])
def test_an_area_by_code_or_name_or_as_people_shorten_it(busy, say, area):
    told = report(say, "--area", area)
    assert (told["area"], told["figures"]["inspections"], told["figures"]["problems_found"]) == ("龙溪街道", 1, 0)


@pytest.mark.parametrize(
    ("name", "short"), [("伊犁哈萨克自治州", "伊犁"), ("西宁市", "西宁"), ("全州县二", "全州县二"), ("海南藏族自治州", "海南"),
                        ("双江拉祜族佤族布朗族傣族自治县", "双江"), ("高新技术产业开发区", "高新技术产业开发区")],
)  # fmt: skip
def test_how_people_shorten_the_names_of_areas(cast, say, name, short):
    add_area(name, "999999", "county", parent=cast.areas["district"])
    assert report(say, "--area", short)["area"] == name


@pytest.mark.parametrize("text", ["伊", "伊犁河", "哈萨克", ""])
def test_what_is_no_short_name_of_an_area(cast, say, text):
    add_area("伊犁哈萨克自治州", "999999", "county", parent=cast.areas["district"])
    assert say("report", "yubei-test", "--area", text)[0] == 2


def test_the_seal_is_the_newest_that_was_known(busy, say):
    first = ledger.seal()
    with travel(NOON + HOUR):
        second = ledger.seal()
        assert report(say, "--known-at", "2022-11-25 12:30")["seal"] == {"number": first.number, "digest": first.digest}
        assert report(say)["seal"] == {"number": second.number, "digest": second.digest}


def test_the_report_as_text_has_the_sentence_and_the_table(busy, say):
    code, out, err = say("report", "yubei-test")
    assert (code, err) == (0, "")
    assert "截至11月25日12时,共走访点位2个" in out
    assert "✓ 5 = 2 + 3" in out
    for key in CATALOGUE:
        assert any(line.startswith(f"{key} ") for line in out.splitlines())
    assert "双龙湖街道" in out


def test_the_report_in_english(busy, say):
    code, out, _err = say("--lang", "en", "report", "yubei-test")
    assert code == 0
    assert "As of 12:00 on 25 November: 2 points visited" in out


def test_the_report_as_a_page_needs_nothing_else(busy, say):
    ledger.seal()
    code, out, _err = say("report", "yubei-test", "--format", "html")
    assert code == 0
    assert out.startswith("<!doctype html>")
    assert "共走访点位2个" in out
    for foreign in ("http://", "https://", "//", "<script", "<link", "<img", "url(", "@import"):
        assert foreign not in out


# --- records ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", CATALOGUE)
@pytest.mark.parametrize("more", [(), ("--area", "双龙湖街道"), ("--as-of", "2022-11-25 11:00")])
def test_there_are_as_many_records_as_the_report_says(busy, say, key, more):
    told = report(say, *more)
    value = told["ratios"].get(key, {"N": 0})["N"] if CATALOGUE[key].counts.word == "ratio" else told["figures"][key]
    code, out, _err = say("records", "yubei-test", key, *more)
    assert code == 0
    head, *rows = csv.reader(io.StringIO(out))
    assert len(rows) == value
    code, out, _err = say("records", "yubei-test", key, *more, "--format", "json")
    assert code == 0
    assert [each["number"] for each in json.loads(out)] == [row[0] for row in rows]


def test_the_command_line_sees_what_is_sealed_from_others(busy, say):
    _code, out, _err = say("records", "yubei-test", "problems_handed_over", "--format", "json")
    records = json.loads(out)
    assert not any(record["is_masked"] for record in records)
    assert all(record["title"] and record["at"] == "2022-11-25T12:00:00+08:00" for record in records)
