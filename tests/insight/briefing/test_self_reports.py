"""What lower bodies say of themselves: kept as said, added up as vaguely as it was said, never mixed in (M113)."""

import pytest

from duzhan.base.clock.instants import travel
from duzhan.base.errors import BadInput, NotAllowed
from duzhan.insight.briefing import amounts
from duzhan.insight.briefing.actions.reports import freeze
from duzhan.insight.briefing.actions.self_reports import file_self_report
from duzhan.insight.briefing.models import SelfReport
from tests.people import HOUR, NOON


@pytest.mark.parametrize(
    ("said", "value", "approx"),
    [("310", 310, ""), (310, 310, ""), ("310余", 310, "余"), ("近1000", 1000, "近"), ("1.2万多", 12_000, "多"),
     ("逾300", 300, "多"), ("达522", 522, "达"), ("1,921", 1921, ""), ("３１０余", 310, "余"), ("103.2万", 1_032_000, "")],
)  # fmt: skip
def test_a_number_is_read_with_its_vagueness(said, value, approx):
    read = amounts.read(said)
    assert (read.value, read.approx, read.text) == (value, approx, str(said))


@pytest.mark.parametrize("said", ["", "若干", "-3", "1.5", "近300余", "3 10", "1e5", "九百", "1,23", "9" * 20])
def test_what_is_no_number_is_refused(said):
    with pytest.raises(BadInput):
        amounts.read(said)


@pytest.mark.parametrize(
    ("said", "text"),
    [(("80余", "60"), "140余"), (("近100", "20"), "近120"), (("80余", "近20"), "约100"), (("80", "达20"), "100")],
)
def test_a_sum_is_as_vague_as_its_parts(said, text):
    assert amounts.total(amounts.read(each) for each in said).text == text


def test_the_newest_word_of_each_body_stands_in_the_report_beside_our_numbers(cast):
    street, other = cast.bodies["street"], cast.bodies["other_street"]
    file_self_report(cast.operation, street, {"problems_found": "60余"}, by=cast.unit)
    file_self_report(cast.operation, other, {"problems_found": 40}, by=cast.office)
    with travel(NOON + HOUR):
        file_self_report(cast.operation, street, {"problems_found": "80余"}, by=cast.unit)
    with travel(NOON + 7 * HOUR):
        file_self_report(cast.operation, street, {"problems_found": "900"}, by=cast.unit)  # after the cut-off
        report = freeze(cast.operation, by=cast.leader)
    told = report.tables["lower_bodies"]
    assert [row["figures"]["problems_found"]["text"] for row in told["rows"]] == ["80余", "40"]
    assert told["totals"]["problems_found"]["text"] == "120余"
    assert report.figures["problems_found"] == 0
    assert "120余" in report.text


@pytest.mark.parametrize("name", ["other_unit", "far_office", "volunteer", "inspector"])
def test_nobody_speaks_for_another_body(cast, name):
    with pytest.raises(NotAllowed):
        file_self_report(cast.operation, cast.bodies["street"], {"problems_found": 1}, by=cast.people[name])
    assert not SelfReport.objects.exists()


@pytest.mark.parametrize("figures", [{}, {"no_such": 1}, {"problems_found": "若干"}])
def test_what_cannot_be_read_is_not_filed(cast, figures):
    with pytest.raises(BadInput):
        file_self_report(cast.operation, cast.bodies["street"], figures, by=cast.unit)
    assert not SelfReport.objects.exists()
