"""No Python file outgrows what one reads at a sitting: then it becomes a folder, each part named after its subject."""

from pathlib import Path

from django.conf import settings

MOST = 400  # lines
ROOT = Path(settings.ROOT)
OURS = ("duzhan", "demo", "bench", "runner", "tests")


def files():
    for folder in OURS:
        for path in (ROOT / folder).rglob("*.py"):
            if "migrations" not in path.parts:
                yield path


def test_no_python_file_is_longer_than_four_hundred_lines():
    lengths = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in files()}
    assert len(lengths) > 300
    assert {name: many for name, many in lengths.items() if many > MOST} == {}
