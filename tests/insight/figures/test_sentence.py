"""The sentence that states the figures."""

from django.utils import translation

from duzhan.base.clock.instants import travel
from duzhan.insight.figures import queries
from duzhan.insight.figures.catalogue import CATALOGUE, Stock
from tests.people import HOUR, NOON


def test_the_sentence_states_the_figures(cast, of_every_stage):
    with travel(NOON + 6 * HOUR):
        figures = queries.figures(cast.operation)
        text = queries.sentence(figures, cast.operation, "zh")
        assert text.startswith("截至11月25日18时")
        for part in ("走访点位1个", "交办问题4个", "已整改2个", "其余2个正在整改中"):
            assert part in text
        links = {piece.figure: piece.text for piece in queries.pieces(figures, cast.operation, "zh") if piece.figure}
        assert links == {
            "points_visited": "1",
            "problems_handed_over": "4",
            "problems_rectified": "2",
            "problems_in_progress": "2",
        }


def test_the_sentence_in_the_readers_language(cast, of_every_stage):
    with translation.override("en"):
        assert queries.sentence(queries.figures(cast.operation), cast.operation).startswith(
            "As of 12:00 on 25 November"
        )


def test_the_sentence_can_state_the_rate(cast, of_every_stage):
    text = queries.sentence(queries.figures(cast.operation), cast.operation, "zh", keys=["rectification_rate"])
    assert "整改率50.00%" in text


def test_every_figure_says_what_it_counts():
    for figure in CATALOGUE.values():
        assert figure.label and figure.meaning and figure.counts.word in ("flow", "stock", "distinct", "ratio")
        if isinstance(figure.counts, Stock):
            assert figure.counts.stages
