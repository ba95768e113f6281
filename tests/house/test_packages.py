"""What is installed is what is asked for, each thing has its reason, and nothing names a registry or a host."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))
VENDOR = ROOT / "duzhan" / "base" / "ui" / "static" / "vendor"


def asked_for(name):
    lines = (ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith(("#", "-"))}


def test_the_project_and_the_requirement_file_ask_for_the_same():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed = {line for line in asked_for("base") if not line.startswith("setuptools")}
    assert needed == set(project["project"]["dependencies"])
    for name, wanted in project["project"]["optional-dependencies"].items():
        assert asked_for(name) == set(wanted)


def test_every_dependency_has_its_reason():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    blocks = re.findall(r"^(?:dependencies|olap|spark) = \[\n(.*?)\n\]", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 3
    for line in "\n".join(blocks).splitlines():
        assert re.search(r'", +# \w.{8}', line), line


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_every_requirement_is_pinned_and_hashed_without_an_address(path):
    text = path.read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*--?(i|f|index|extra|find|trusted)\b", text, re.MULTILINE)
    for entry in re.split(r"\n(?=[a-zA-Z])", text.split("\n", 2)[2]):
        assert re.match(r"[\w.\[\],-]+==[\w.]+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_the_development_set_holds_the_running_set_at_the_same_versions():
    def pins(name):
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        return dict(re.findall(r"^([\w.\[\]-]+)==(\S+)", text, re.MULTILINE))

    assert pins("base").items() <= pins("dev").items()


def test_the_front_end_lock_names_no_host():
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert all("resolved" not in entry for entry in lock["packages"].values())
    assert all("integrity" in entry for path, entry in lock["packages"].items() if path)


def test_vendor_files_ask_for_nothing_the_policy_refuses():
    styles = sorted(VENDOR.glob("*/*.css"))
    assert [style.name for style in styles] == ["tabler.min.css"]
    for style in styles:
        text = style.read_text(encoding="utf-8")
        assert "data:" not in text
        assert not re.search(r"url\([\"']?(https?:)?//|@import", text)
        for address in re.findall(r"url\([\"']?(images/[^)\"']+)", text):
            assert (style.parent / address).exists(), address


def test_vendor_files_point_to_no_source_map():
    for path in [*VENDOR.glob("*/*.js"), *VENDOR.glob("*/*.css")]:
        assert "sourceMappingURL" not in path.read_text(encoding="utf-8")
