"""A piece is drawn once for the same values, and is what the component alone would be."""

from django.template import Context, Template
from django.template.loader import get_template
from django.utils.safestring import mark_safe
from django.utils.translation import override

from duzhan.base.ui.templatetags.ui import piece

PAGE = '{% load ui %}{% for row in rows %}{% piece "ui/stage.html" word=row.word step=row.step back=row.back %}{% endfor %}'


def test_a_piece_is_the_component_with_these_values():
    rows = [{"word": "已交办", "step": 2, "back": False}, {"word": "已退回", "step": 2, "back": True}] * 2
    alone = "".join(get_template("ui/stage.html").render(row) for row in rows)
    assert Template(PAGE).render(Context({"rows": rows})) == alone


def test_a_text_that_is_safe_is_no_other_text():
    safe, plain = mark_safe("<i>x</i>"), "<i>x</i>"
    drawn = [piece("ui/tag.html", text=text, url="", late=False) for text in (safe, plain, safe)]
    assert [plain in each for each in drawn] == [True, False, True]


def test_one_is_not_true():
    assert [piece("ui/tag.html", text=text, url="", late="") for text in (1, True, 1)][1].count("True") == 1


def test_a_piece_is_in_the_language_of_its_reader():
    told = {}
    for language in ("zh-hans", "en", "zh-hans"):
        with override(language):
            told.setdefault(language, set()).add(piece("ui/tabs.html", tabs=(), label=""))
    assert [len(each) for each in told.values()] == [1, 1]
    assert told["zh-hans"] != told["en"]


def test_what_stands_around_it_is_not_seen():
    assert "leaks" not in Template('{% load ui %}{% piece "ui/tag.html" late=False url="" %}').render(
        Context({"text": "leaks"})
    )
