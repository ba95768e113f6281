"""外来通报: until when a text speaks, and what it is called."""

from duzhan.insight.bulletins import actions
from tests.insight.bulletins.evenings import taken_in, told
from tests.people import HOUR, NOON


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
