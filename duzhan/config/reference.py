"""The reference pages, kept in step with the code: `duzhan docs` writes them, a test fails while one is stale."""

from pathlib import Path

from django.conf import settings

from .reference_pages import addresses, api, commands, events, figures, flow_drawing, flows, words
from .reference_pages import settings as settings_page

FOLDER = "docs"
PAGES = {
    "reference/api.md": api.text,
    "reference/commands.md": commands.text,
    "reference/events.md": events.text,
    "reference/figures.md": figures.text,
    "reference/flows.md": flows.text,
    f"pictures/{flows.PICTURE}": flow_drawing.drawing,
    "reference/pages.md": addresses.text,
    "reference/settings.md": settings_page.text,
    "reference/words.md": words.text,
}


def write(root=None) -> list[Path]:
    """Write every reference page below `root` (None: this checkout) as the code has it now; returns those that changed."""
    changed = {path: told for path, told in _told(root) if _kept(path) != told}
    for path, told in changed.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(told, encoding="utf-8")
    return list(changed)


def check(root=None) -> list[Path]:
    """The reference pages that are missing or do not say what the code says."""
    return [path for path, told in _told(root) if _kept(path) != told]


def _told(root):
    folder = Path(root or settings.ROOT) / FOLDER
    return [(folder / name, tell()) for name, tell in PAGES.items()]


def _kept(path):
    return path.read_text(encoding="utf-8") if path.is_file() else None
