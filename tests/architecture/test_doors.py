"""What must stay true of the whole house: strangers are refused everywhere, and only actions write."""

import ast
import inspect
import re
import subprocess
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from duzhan.base.ledger.models import Recorded, subjects
from duzhan.people import actions as people
from duzhan.places import actions as places

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ROOT / "duzhan"

OPEN_TO_ALL = (  # what somebody who is not signed in may open, and why
    "accounts/",  # signing in itself, and allauth's own pages, which ask for it
    "api/openapi.json",  # says what the API is, and nothing of what is in it
    "ui/prefs/",  # theme and language of the sign-in page
)
WORDS = {"int": "1", "slug": "x", "str": "x", "uuid": "00000000-0000-7000-8000-000000000000", "path": "x"}


def addresses(patterns=None, prefix=""):
    """Every address of the product, its parameters filled in."""
    for pattern in patterns or get_resolver().url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield re.sub(r"<(?:(\w+):)?\w+>", lambda found: WORDS[found[1] or "str"], route).lstrip("^").rstrip("$")


@pytest.mark.parametrize("address", sorted(set(addresses())))
def test_every_address_refuses_a_stranger(address, client, cast):
    if address.startswith(OPEN_TO_ALL):
        return
    for ask in (client.get, client.post):
        answer = ask(f"/{address}")
        sent_away = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
        assert sent_away or answer.status_code in (401, 403, 404, 405), f"{address}: {answer.status_code}"


READERS = {"views", "forms", "api", "rules", "queries", "flow", "doors"}
WRITES = {"save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete"}


def modules(names):
    return [
        path
        for path in PRODUCT.rglob("*.py")
        if {path.stem, path.parent.name} & names and "migrations" not in path.parts
    ]


def writes_of(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name, on = node.func.attr, node.func.value
            queryset = isinstance(on, ast.Call) and isinstance(on.func, ast.Attribute)
            if name in WRITES or (name == "update" and queryset and on.func.attr in ("filter", "exclude", "all")):
                yield f"{path.relative_to(ROOT)}:{node.lineno} .{name}()"


def test_only_actions_write():
    assert [write for path in modules(READERS) for write in writes_of(path)] == []


def test_recorded_rows_change_through_the_ledger_alone():
    """No action saves a recorded row by itself: that would be a change without an event."""
    models, found = subjects().values(), []
    for path in PRODUCT.rglob("*.py"):
        if "ledger" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                source, verb = ast.unparse(node.func.value), node.func.attr
                model = next((model for model in models if re.match(rf"{model.__name__}\.objects\b", source)), None)
                if model and (verb in WRITES or (verb == "update" and not _is_loose(model, node))):
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno} {source[:40]}.{verb}")
    assert found == []


def _is_loose(model, update):
    """Does it change columns alone that are not recorded?"""
    names = {keyword.arg for keyword in update.keywords}
    return None not in names and not names & {*model.recorded_fields, *model.BOOKKEEPING}


@pytest.mark.parametrize("model", subjects().values(), ids=list(subjects()))
def test_a_recorded_row_does_not_save_or_delete_itself(model):
    """What the test above cannot see, a row in some variable, stops when it is tried."""
    row = model(pk=1)
    with pytest.raises(TypeError):
        Recorded.save(row)
    with pytest.raises(TypeError):
        row.delete()
    with pytest.raises(TypeError):
        Recorded.save(row, update_fields=["seq"])


UNRECORDED = {  # columns that may change without an event, and why
    "area": {"numchild"},  # the tree's own count of children
    "person": {"last_login", "date_joined", "first_name", "last_name"},  # Django's; nothing depends on them
}


@pytest.mark.parametrize("model", subjects().values(), ids=list(subjects()))
def test_every_column_is_recorded(model):
    """An edit by SQL of any other column is found and named."""
    columns = model().attnames() - {"id", *model.BOOKKEEPING}
    assert columns - {*model.recorded_fields} == UNRECORDED.get(model.subject_kind, set())
    assert {*model.sealed_fields} <= {*model.recorded_fields}
    assert str(model.subject_word)


DOORS = {"duzhan.people.actions": people, "duzhan.places.actions": places}


def test_who_did_it_is_told_to_every_action():
    """Whoever calls an action of people and places says on whose behalf, if only that it is the system's own."""
    found, seen = [], 0
    own = {"people": people, "places": places}
    for path in PRODUCT.rglob("*.py"):
        tree = ast.parse(path.read_text())
        here = own.get(path.relative_to(PRODUCT).parts[0])
        named = {
            each.asname or each.name: getattr(DOORS[node.module], each.name)
            for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module in DOORS
            for each in node.names
        }  # fmt: skip
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call):
                continue
            spoken = ast.unparse(call.func)
            action = named.get(spoken) or getattr(here, spoken.removeprefix("actions."), None)
            if inspect.isfunction(action) and "by" in inspect.signature(action).parameters:
                seen += 1
                if "by" not in {keyword.arg for keyword in call.keywords}:
                    found.append(f"{path.relative_to(ROOT)}:{call.lineno} {spoken}")
    assert found == []
    assert seen > 5


A_FILE_OF_ITS_OWN = "report.html"  # what `duzhan report --format html` writes: one file, served by nobody
TEMPLATES = sorted(
    path for path in PRODUCT.rglob("templates/**/*.html") if path.parts[-2:] != ("config", A_FILE_OF_ITS_OWN)
)


@pytest.mark.parametrize("template", TEMPLATES, ids=[str(path.relative_to(PRODUCT)) for path in TEMPLATES])
def test_a_template_keeps_the_policy_of_content(template):
    text = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", template.read_text(), flags=re.DOTALL)
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:|data:image", text)
    assert not re.search(r"<script(?![^>]*(\bsrc=|type=\"application/json\"))", text)
    assert not re.search(r"(src|href|action)=\"(https?:)?//", text)


def tracked():
    """The files that git keeps, apart from pictures."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    for name in listed.stdout.splitlines():
        if not name.endswith((".png", ".jpg")):
            yield ROOT / name


def test_the_project_speaks_of_itself_alone():
    """No address of a package index and no path of a machine stands in the tree."""
    index = re.compile(r"--(extra-)?index-url|https?://[^ \"]*/simple(/|\"|$)|\"resolved\": *\"https?:")
    machine = re.compile(r"(^|[^a-z./])/(work|farm|home)/[a-z]")
    this = Path(__file__).name
    found = []
    for path in tracked():
        if path.name == this or not path.exists():
            continue
        for number, line in enumerate(path.read_text(errors="ignore").splitlines(), 1):
            if (index.search(line) and "no-emit-index-url" not in line) or machine.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    assert found == []
