"""The reference pages, kept in step with the code: `duzhan docs` writes them, a test fails while one is stale."""

from pathlib import Path

from django.conf import settings

from .reference_pages import addresses, api, commands, events, figures, flow_drawing, flows, words
from .reference_pages import settings as settings_page

FOLDER = "docs/reference"
PAGES = {
    "api.md": api.text,
    "commands.md": commands.text,
    "events.md": events.text,
    "figures.md": figures.text,
    "flows.md": flows.text,
    flows.PICTURE: flow_drawing.drawing,
    "pages.md": addresses.text,
    "settings.md": settings_page.text,
    "words.md": words.text,
}


def write(root=None) -> list[Path]:
    """Write every reference page below `root` (None: this checkout) as the code has it now; returns those that changed."""
    changed = check(root)
    for path in changed:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PAGES[path.name](), encoding="utf-8")
    return changed


def check(root=None) -> list[Path]:
    """The reference pages that are missing or do not say what the code says."""
    folder = Path(root or settings.ROOT) / FOLDER
    return [folder / name for name, told in PAGES.items() if _kept(folder / name) != told()]


def _kept(path):
    return path.read_text(encoding="utf-8") if path.is_file() else None
