"""The one style sheet and the one script: nothing that a page uses was lost in the making, and they stay small."""

import gzip
import re
from pathlib import Path

import pytest

PRODUCT = Path(__file__).resolve().parents[2] / "duzhan"
STATIC = PRODUCT / "base" / "ui" / "static"
BUILT = STATIC / "built"
AGAIN = "run python3 dz setup: the bundle was made before the last change"

CLASS = re.compile(r"\.(-?[A-Za-z_](?:[\w-]|\\.)*)")
IN_MARKUP = re.compile(r"""\bclass=\\?(["'])(.*?)\\?\1""", re.DOTALL)
IN_PYTHON = re.compile(r"""["']class["']\s*:\s*f?(["'])(.*?)\1""")
IN_SCRIPT = re.compile(
    r"""(?:classList\.\w+\(|className\s*=\s*|class:\s*|setAttribute\(["']class["'],\s*)(["'`])(.*?)\1"""
)
TEMPLATE_CODE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\$\{.*?\}")


def classes_of(style: str) -> set:
    """The classes that a style sheet has rules for."""
    rules = re.sub(r"/\*.*?\*/|url\([^)]*\)|\{[^{}]*\}", " ", style, flags=re.DOTALL)
    return {found.replace("\\", "") for found in CLASS.findall(rules)}


def sources(*endings):
    for path in sorted(PRODUCT.rglob("*")):
        if path.suffix in endings and not {"vendor", "built"} & set(path.parts):
            yield path


def used_in(path) -> set:
    text, found = path.read_text(encoding="utf-8"), set()
    for pattern in {".html": [IN_MARKUP], ".py": [IN_PYTHON, IN_MARKUP], ".js": [IN_SCRIPT, IN_MARKUP]}[path.suffix]:
        for _quote, names in pattern.findall(text):
            found |= set(TEMPLATE_CODE.sub(" ", names).split())
    return found


@pytest.fixture(scope="module")
def built():
    return (BUILT / "duzhan.css").read_text(encoding="utf-8")


def test_no_class_that_a_page_uses_lost_its_rules(built):
    theirs = classes_of((STATIC / "vendor" / "tabler" / "tabler.min.css").read_text(encoding="utf-8"))
    ours = set().union(
        *(classes_of(path.read_text(encoding="utf-8")) for path in (STATIC / "ui" / "css").glob("*.css"))
    )
    kept, lost, met = classes_of(built), {}, set()
    for path in sources(".html", ".js", ".py"):
        used = used_in(path) & (theirs | ours)
        met |= used
        if gone := used - kept:
            lost[str(path.relative_to(PRODUCT))] = sorted(gone)
    assert {
        "btn",
        "btn-primary",
        "form-control",
        "visually-hidden",
        "dz-table",
    } <= met  # the search finds what there is
    assert lost == {}, AGAIN


def test_our_own_sheets_are_in_it_whole(built):
    for path in sorted((STATIC / "ui" / "css").glob("*.css")):
        text = path.read_text(encoding="utf-8")
        assert classes_of(text) <= classes_of(built), f"{path.name}: {AGAIN}"
        for name in re.findall(r"(--dz-[\w-]+)\s*:", text):
            assert f"{name}:" in built, f"{path.name}: {AGAIN}"


def test_every_variable_that_is_asked_for_is_set(built):
    """Of those that Tabler sets for every page, in either theme."""
    whole = (STATIC / "vendor" / "tabler" / "tabler.min.css").read_text(encoding="utf-8")
    everywhere = " ".join(re.findall(r"[^{}]*(?::root|\[data-bs-theme)[^{}]*\{([^{}]*)\}", whole))
    asked, kept = set(re.findall(r"var\((--[\w-]+)", built)), set(re.findall(r"(--[\w-]+)\s*:", built))
    assert asked & set(re.findall(r"(--[\w-]+)\s*:", everywhere)) <= kept


def test_every_script_is_in_it():
    script = (BUILT / "duzhan.js").read_text(encoding="utf-8")
    assert "htmx" in script
    for path in sorted((STATIC / "ui" / "js").glob("*.js")):
        for name in re.findall(r'customElements\.define\("([\w-]+)"', path.read_text(encoding="utf-8")):
            assert f'"{name}"' in script, f"{path.name}: {AGAIN}"
    assert "sourceMappingURL" not in script


def test_nothing_in_it_is_refused_by_the_policy(built):
    assert "data:" not in built
    assert not re.search(r"url\([\"']?(https?:)?//|@import", built)
    for address in re.findall(r"url\([\"']?([^)\"']+)", built):
        assert (BUILT / address).resolve().exists(), address


def test_they_stay_small():
    sizes = {path.name: len(gzip.compress(path.read_bytes())) for path in BUILT.iterdir()}
    assert sizes.keys() == {"duzhan.css", "duzhan.js"}
    assert sum(sizes.values()) < 60_000, sizes
