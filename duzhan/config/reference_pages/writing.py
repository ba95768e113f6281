"""How a reference page is written: Markdown tables, first sentences of docstrings, a word in both languages."""

import inspect
import re
from functools import cache

from django.utils.translation import override

from duzhan.base.ui.catalogue import CHINESE, read_catalogue

SOURCES = re.compile(r" \((?:M\d+|ARCHITECTURE §[\d.]+)(?:[,–-] ?M\d+)*\)")
MADE = "<!-- Made from the code by `python3 dz docs`: change the code, not this page. -->"


def page(title, *parts) -> str:
    """A whole page: its title, where it comes from, its parts with a blank line between them."""
    return "\n\n".join([f"# {title}", MADE, *(part.strip("\n") for part in parts)]) + "\n"


def table(heads, rows) -> str:
    """A Markdown table; a cell keeps to its line and no bar of its own breaks the row."""
    lines = [heads, ["--"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(value):
    return re.sub(r"\s+", " ", str(value)).strip().replace("|", "\\|") or "·"


def code(value) -> str:
    """As code, nothing where there is nothing."""
    return f"`{value}`" if str(value) else ""


def first_sentence(docstring) -> str:
    """What a docstring says first, up to the first full stop that ends a sentence, on one line, without its sources."""
    paragraph = re.split(r"\n\s*\n", inspect.cleandoc(docstring or ""))[0]
    line = SOURCES.sub("", " ".join(paragraph.split()))
    return re.split(r"(?<=\w[.。!?)])\s+(?=[A-Z`\u4e00-\u9fff])", line)[0].rstrip(":")


@cache
def _english():
    return read_catalogue()


def both(label) -> tuple[str, str]:
    """A label as it stands in the code (Chinese) and in the English catalogue; "" where there is no English yet."""
    with override("zh-hans"):
        text = str(label)
    if not CHINESE.search(text):
        return text, text
    entry = _english().get(text)
    return text, (entry.string if entry else "")


def words_of(choices) -> list:
    """The rows of a list of choices: code, Chinese, English."""
    return [(code(value), *both(label)) for value, label in choices]
