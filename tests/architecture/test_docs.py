"""Documentation with teeth: what can be read from the code is, what is written by hand names only what exists."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, get_resolver

from duzhan.base.clock.instants import travel
from duzhan.base.ledger.models import Event
from duzhan.base.ledger.rollups import settle
from duzhan.base.ui.catalogue import collect, read_catalogue
from duzhan.config import reference
from duzhan.config.api import api
from duzhan.config.reference_pages import commands, events, words
from duzhan.config.settings import DUZHAN_ENVIRONMENT
from duzhan.insight.figures import catalogue
from duzhan.insight.figures.queries import figures
from duzhan.operations import pack
from duzhan.supervision.inspections.actions import answer_help, record_visit
from duzhan.supervision.inspections.models import Help
from duzhan.supervision.problems.flow import MOVES, Stage
from tests.builders.problems import problem_at
from tests.people import HOUR, NOON

ROOT = Path(settings.ROOT)
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
AT_THE_DOOR = [
    ROOT / name for name in ("README.md", "README.zh-CN.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
]
BY_HAND = [path for path in PAGES if "reference" not in path.parts] + AT_THE_DOOR
LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")


def told(name):
    return (DOCS / "reference" / name).read_text(encoding="utf-8")


def prose(path):
    """A page without its blocks of code."""
    return re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def named(path):
    return str(path.relative_to(ROOT))


# --- the reference ----------------------------------------------------------------------------------------------


def test_no_reference_page_is_stale():
    assert [named(path) for path in reference.check()] == [], "run: python3 dz docs"


def test_writing_again_changes_nothing(tmp_path):
    assert {path.name for path in reference.write(tmp_path)} == {Path(name).name for name in reference.PAGES}
    assert reference.write(tmp_path) == []
    (tmp_path / "docs" / "reference" / "events.md").write_text("nothing")
    assert [path.name for path in reference.check(tmp_path)] == ["events.md"]


def test_every_setting_is_told_here_and_in_the_example():
    page, example = told("settings.md"), (ROOT / ".env.example").read_text(encoding="utf-8")
    assert [name for name in DUZHAN_ENVIRONMENT if f"`{name}`" not in page] == []
    assert set(re.findall(r"^#?(DUZHAN_\w+)=", example, re.MULTILINE)) == set(DUZHAN_ENVIRONMENT)


def texts_of(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_every_kind_of_event_is_told():
    """Whatever looks like the name of a kind, anywhere in the product: written, subscribed to, counted or titled."""
    page = told("events.md")
    files = [path for path in (ROOT / "duzhan").rglob("*.py") if "migrations" not in path.parts]
    kinds = {text for path in files for text in texts_of(path) if events.is_kind(text)}
    assert len(kinds) > 20
    assert untold(kinds, page) == []


def untold(kinds, page):
    """Leaving is the same for every subject and told once."""
    assert "`<subject>.leave`" in page
    return sorted(kind for kind in kinds if f"`{kind}`" not in page and not kind.endswith(".leave"))


def test_every_kind_that_is_written_is_told(cast):
    for stage in Stage.values:
        problem_at(cast, stage)
    kinds = set(Event.objects.values_list("kind", flat=True))
    assert len(kinds) > 10
    assert untold(kinds, told("events.md")) == []


def test_every_figure_move_stage_and_rule_is_told():
    rules = {rule.holds.__name__ for move in MOVES.values() for rule in move.allowed.each()}
    for page, names in {"figures.md": catalogue.CATALOGUE, "flows.md": [*MOVES, *Stage.values, *rules]}.items():
        assert [name for name in names if f"`{name}`" not in told(page)] == []


def test_every_command_is_told():
    page = told("commands.md")
    assert [verb for verb in commands.runner().VERBS if f"python3 dz {verb}" not in page] == []
    assert [verb for verb in commands.verbs() if f"`duzhan {verb}" not in page] == []


def test_every_route_of_the_interface_is_told():
    page, schema = told("api.md"), api.get_openapi_schema(path_prefix="/api/")
    routes = [f"`{method.upper()} {path}`" for path, methods in schema["paths"].items() for method in methods]
    assert len(routes) > 20
    assert [route for route in routes if route not in page] == []


def our_names(patterns=None):
    for pattern in patterns or get_resolver().url_patterns:
        if not isinstance(pattern, URLPattern):
            yield from our_names(pattern.url_patterns)
        elif pattern.lookup_str.startswith("duzhan."):
            yield pattern.name


def test_every_page_is_told_with_what_it_is_for():
    page, names = told("pages.md"), set(our_names())
    assert len(names) > 30
    assert sorted(name for name in names if f"`{name}`" not in page) == []
    assert re.findall(r"^\| `([\w-]+)` .*\| · \|$", page, re.MULTILINE) == []


def test_every_word_has_both_languages():
    page = told("words.md")
    lists = [code for kind in words.lists_of_choices().values() for code in kind.values]
    terms = [code for name in pack.VOCABULARIES for code in getattr(pack.load("epidemic"), name)]
    assert [code for code in [*MOVES, *catalogue.CATALOGUE, *lists, *terms] if f"| `{code}` |" not in page] == []
    assert re.findall(r"^\|.*\| · \|.*$", page, re.MULTILINE) == []


# --- what is written by hand ------------------------------------------------------------------------------------


def anchors(path):
    heads = re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", [*PAGES, *AT_THE_DOOR], ids=named)
def test_every_link_leads_somewhere(path):
    lost = []
    for picture, target in LINK.findall(prose(path)):
        place, _hash, anchor = target.partition("#")
        if "://" in target or (picture and (path.parent / place).resolve() in pictures_to_be_made()):
            continue
        there = (path.parent / place).resolve() if place else path
        if not there.exists() or (anchor and anchor not in anchors(there)):
            lost.append(target)
    assert lost == []


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_page_links_within_the_documentation(path):
    """So that its links lead somewhere inside the product as well."""
    targets = [target for _picture, target in LINK.findall(prose(path)) if "://" not in target]
    outside = [each for each in targets if not (path.parent / each.partition("#")[0]).resolve().is_relative_to(DOCS)]
    assert outside == []


def pictures_to_be_made():
    """The pictures that a browser test takes."""
    source = (ROOT / "tests" / "browser" / "test_pictures.py").read_text(encoding="utf-8")
    return {DOCS / "pictures" / f"{name}.png" for name in re.findall(r'\btake\(.*, "([\w-]+)"\)', source)}


def test_every_picture_is_told_taken_or_drawn():
    listed = set(re.findall(r"^\| `([\w-]+\.png)` \|", (DOCS / "pictures" / "README.md").read_text(), re.MULTILINE))
    assert listed == {path.name for path in pictures_to_be_made()}
    there = {path.name for path in (DOCS / "pictures").iterdir() if path.suffix != ".md"}
    assert there <= listed | {Path(name).name for name in reference.PAGES}


def test_every_page_is_in_the_contents():
    contents = (DOCS / "README.md").read_text(encoding="utf-8")
    listed = {(DOCS / target).resolve() for _picture, target in LINK.findall(contents)}
    assert [named(path) for path in PAGES if path not in listed and path.name != "README.md"] == []


@pytest.mark.parametrize("path", BY_HAND, ids=named)
def test_what_a_page_names_is_there(path):
    text = path.read_text(encoding="utf-8")
    folders = "duzhan|tests|packs|demo|bench|runner|docs|requirements|frontend"
    files = re.findall(rf"`((?:{folders})/[\w./-]+)`", text)
    assert [name for name in files if not (ROOT / name).exists()] == []
    assert set(re.findall(r"DUZHAN_\w+", text)) <= {*DUZHAN_ENVIRONMENT, "DUZHAN_TEST_CHROMIUM", "DUZHAN_PICTURES"}
    assert set(re.findall(r"\bdz ([a-z]+)\b", text)) <= set(commands.runner().VERBS)
    assert set(re.findall(r"\bbin/duzhan (\w+)|`duzhan (\w+)", text)) <= {
        pair for verb in commands.verbs() for pair in ((verb, ""), ("", verb))
    }


SCREEN_WORDS = re.compile(r"\*\*(.+?)\*\*")
USE = sorted((DOCS / "use").glob("*.md"))


@pytest.mark.parametrize("path", USE, ids=named)
def test_bold_words_are_on_the_screen(path):
    messages = {message.first for message in collect()}
    assert [word for word in SCREEN_WORDS.findall(path.read_text(encoding="utf-8")) if word not in messages] == []


@pytest.mark.parametrize("path", USE, ids=named)
def test_the_english_page_says_the_same_in_the_words_of_the_english_screen(path):
    chinese, english = path.read_text(encoding="utf-8"), (path.parent / "en" / path.name).read_text(encoding="utf-8")
    said = {
        entry.string if isinstance(entry.string, str) else entry.string[0] for entry in read_catalogue() if entry.string
    }
    assert [word for word in SCREEN_WORDS.findall(english) if word not in said] == []
    heads = [re.findall(r"^(#+) ", text, re.MULTILINE) for text in (chinese, english)]
    assert heads[0] == heads[1]


def test_decisions_are_numbered_and_short():
    paths = sorted((DOCS / "decisions").glob("*.md"))
    assert [path.name[:4] for path in paths] == [f"{number:04}" for number in range(1, len(paths) + 1)]
    for number, path in enumerate(paths, 1):
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {number}. ")
        assert len(text.splitlines()) <= 20, path.name
        assert re.findall(r"^\*\*(.+?)\*\*", text, re.MULTILINE) == ["Decided.", "Because", "It costs", "In the code."]


def test_roles_are_told_to_themselves():
    roles = {choice for choice, _label in words.lists_of_choices()["people.Role"].choices}
    assert {path.stem for path in USE} == {"administrator" if role == "admin" else role for role in roles}


def test_the_walk_through_of_one_change_works(cast, monkeypatch):
    """The entry in `docs/build/one-change.md`, put into the catalogue and asked for."""
    [source] = re.findall(r"```python\n(.+?)```", (DOCS / "build" / "one-change.md").read_text(), re.DOTALL)
    figure = eval(source, vars(catalogue))  # noqa: S307 - our own page
    monkeypatch.setitem(catalogue.CATALOGUE, figure.key, figure)
    record_visit(cast.operation, {"point": cast.points["station"], "difficulty": "缺测温设备"}, by=cast.inspector)
    with travel(NOON + 2 * HOUR):
        answer_help(Help.objects.get(), by=cast.office, answer="明早送到。")
        settle()

        def waiting(**asked):
            return figures(cast.operation, keys=[figure.key], **asked).values[figure.key]

        assert waiting() == 0
        assert waiting(as_of=NOON + HOUR) == 1
        assert waiting(as_of=NOON - HOUR) == 0


def test_apps_of_the_product_say_what_they_are_for():
    """`__init__.py` of an app is its one docstring."""
    ours = [config for config in apps.get_app_configs() if config.name.startswith("duzhan.")]
    assert len(ours) > 8
    assert [config.name for config in ours if not (config.module.__doc__ or "").strip()] == []
