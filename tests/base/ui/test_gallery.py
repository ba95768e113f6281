"""The gallery shows every component there is, documented, in both languages, and opens to anybody signed in."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import override

from duzhan.base.ui import gallery

TEMPLATES = Path(gallery.__file__).parent / "templates"
PARTS_OF = {  # shown inside another piece of the gallery
    "story_item": "story", "tabs": "table", "chosen": "table", "bulk": "table", "th": "table", "check": "table",
    "check_all": "table", "pager": "table", "errors": "form", "field": "form", "form": "form", "photo": "photo",
    "gallery": None,
}  # fmt: skip
CHINESE = re.compile(r"[\u3400-\u9fff]")


class Page(HTMLParser):
    """What a reader and a screen reader get: text, ids, and the marks that a strict policy forbids."""

    def __init__(self, html):
        super().__init__()
        self.ids, self.targets, self.forbidden, self.text, self.controls, self.labels = (
            [],
            set(),
            [],
            [],
            [],
            set(),
        )
        self.quiet = 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if "id" in attrs:
            self.ids.append(attrs["id"])
        self.targets |= {part for name in ("for", "aria-describedby") for part in attrs.get(name, "").split()}
        if attrs.get("href", "").startswith("#") and len(attrs["href"]) > 1:
            self.targets.add(attrs["href"][1:])
        wrong = [n for n in attrs if n.startswith("on") or n == "style" or (attrs[n] or "").startswith("data:")]
        inline = tag == "style" or (tag == "script" and "src" not in attrs and attrs.get("type") != "application/json")
        if wrong or inline:
            self.forbidden.append((tag, wrong))
        if tag == "label":
            self.labels.add(attrs.get("for"))
        if tag in ("input", "select", "textarea") and attrs.get("type") not in ("hidden", "radio"):
            self.controls.append(attrs)
        self.quiet += tag in ("script", "style", "pre")

    def handle_endtag(self, tag):
        self.quiet -= tag in ("script", "style", "pre")

    def handle_data(self, data):
        if not self.quiet:
            self.text.append(data)


@pytest.fixture
def shown(reader):
    return reader.get("/ui/").content.decode()


def test_a_stranger_is_sent_to_the_door(client, db):
    for address in ("/ui/", "/ui/wall/", "/ui/street/"):
        answer = client.get(address)
        assert answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")


def test_every_component_is_on_a_shelf():
    pieces = {piece.name for _heading, shelf in gallery.shelf() for piece in shelf}
    for template in (TEMPLATES / "ui").glob("*.html"):
        assert PARTS_OF.get(template.stem, template.stem) in pieces | {None}, template.stem


def test_every_component_says_in_its_first_line_what_it_is_given():
    for template in (TEMPLATES / "ui").glob("*.html"):
        assert re.match(r"({% extends [^%]+ %})?{# .{20,} #}\n", template.read_text()), template.name


def test_the_gallery_shows_each_piece_with_the_line_that_includes_it(shown):
    for _heading, shelf in gallery.shelf():
        for piece in shelf:
            assert f'id="{piece.name}"' in shown and piece.cases and piece.says()


def test_no_id_twice_and_every_reference_meets_its_target(shown):
    page = Page(shown)
    assert sorted(page.ids) == sorted(set(page.ids))
    assert page.targets <= set(page.ids)


def test_every_control_has_a_name(shown):
    page = Page(shown)
    assert [c for c in page.controls if "aria-label" not in c and c.get("id") not in page.labels] == []


@pytest.mark.parametrize("address", ["/ui/", "/ui/wall/", "/ui/street/", "/accounts/password/change/"])
def test_pages_hold_nothing_that_the_policy_refuses(reader, address):
    answer = reader.get(address)
    assert answer.status_code == 200
    assert Page(answer.content.decode()).forbidden == []


def test_the_door_holds_nothing_that_the_policy_refuses_and_speaks_english(client, db):
    client.cookies["duzhan_language"] = "en"
    page = Page(client.get("/accounts/login/").content.decode())
    assert page.forbidden == []
    assert [text for text in page.text if CHINESE.search(text)] == ["简体中文"]


def test_a_demonstration_says_so_at_the_door(client, db, settings):
    assert "这是演示" not in client.get("/accounts/login/").content.decode()
    settings.DUZHAN_DEMO_HINT = "用户名 demo"
    assert "用户名 demo" in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("address", ["/ui/", "/ui/wall/", "/ui/street/"])
def test_in_english_there_is_no_chinese_left(reader, settings, address):
    settings.DUZHAN_NAV = []
    reader.cookies["duzhan_language"] = "en"
    page = Page(reader.get(address).content.decode())
    left = {text.strip() for text in page.text if CHINESE.search(text)}
    # the documentation of one template quotes the identity; the person has a Chinese name
    assert {text for text in left if "A sum that must hold" not in text} <= {"简体中文", "示例读者"}


@pytest.mark.parametrize("theme", ["light", "dark", "sunlight"])
def test_the_gallery_can_be_seen_in_each_theme_without_choosing_it(reader, theme):
    answer = reader.get(f"/ui/?theme={theme}")
    assert f'<html lang="zh-hans" data-theme="{theme}"' in answer.content.decode()
    assert "dz_theme" not in answer.cookies
    assert 'data-theme="light"' in reader.get("/ui/?theme=%22%3E").content.decode()[:400]


def test_a_broken_identity_says_by_how_much_and_where_to_look():
    cases = {case.label: dict(case.given) for case in gallery._identity_cases()}
    piece = gallery.Piece("identity", "", "", [gallery.Case("", cases["不符"])])
    drawn = piece.drawn(None)[0][1]
    assert "282 ≠ 277 + 4" in drawn and "相差 +1" in drawn and "✓" not in drawn and '<a href="?"' in drawn


def test_a_missing_figure_is_a_dash_and_a_reason_never_a_zero():
    piece = gallery.Piece("figure", "", "", [gallery.Case("", {"label": "走访", "value": None, "why": "还没有走访。"})])
    drawn = piece.drawn(None)[0][1]
    assert "—" in drawn and "还没有走访。" in drawn and ">0<" not in drawn
    zero = gallery.Piece("figure", "", "", [gallery.Case("", {"label": "走访", "value": 0, "delta": "今日 ±0"})])
    assert ">0<" in zero.drawn(None)[0][1]


def test_a_move_that_is_closed_has_no_form_and_its_reason_beside_it():
    moves = [
        {"label": "销号", "why": "请另一人核验。"},
        {"label": "退回", "url": "/x/", "method": "post", "fields": {"n": "1"}},
    ]
    drawn = gallery.Piece("moves", "", "", [gallery.Case("", {"moves": moves})]).drawn(None)[0][1]
    closed = drawn.split("<form")[0]
    assert "disabled" in closed and "请另一人核验。" in closed
    assert 'action="/x/"' in drawn and 'name="n" value="1"' in drawn


def test_the_samples_follow_the_language_of_the_moment():
    with translation.override("en"):
        assert [heading for heading, _pieces in gallery.shelf()] == [
            "Figure",
            "One thing",
            "Many things",
            "Filling in",
        ]


@pytest.mark.parametrize(("unit", "said"), [("", "本页 25 件，共 300 件"), ("个", "本页 25 个，共 300 个")])
def test_a_pager_counts_in_the_unit_of_its_rows_and_in_english_without(unit, said):
    asked = {"shown": 25, "total": 300, "unit": unit}
    assert said in render_to_string("ui/pager.html", asked)
    with override("en"):
        assert "25 on this page of 300<" in render_to_string("ui/pager.html", asked)
