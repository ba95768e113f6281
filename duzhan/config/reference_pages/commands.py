"""What can be typed: the runner's verbs, and the product's own command line."""

import argparse
import importlib.machinery
import importlib.util
import sys
from pathlib import Path

from django.conf import settings

from duzhan.config import cli

from .writing import code, page, table


def runner():
    """`dz`, which has no ending, as a module; it finds `runner/` beside itself, as when it is started."""
    root = str(settings.ROOT)
    loader = importlib.machinery.SourceFileLoader("dz", str(Path(root) / "dz"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("dz", loader))
    sys.path.insert(0, root)
    try:
        loader.exec_module(module)
    finally:
        sys.path.remove(root)
    return module


def verbs() -> dict:
    """The verbs of `duzhan`: {name: (its parser, what it is for)}."""
    [found] = [each for each in cli.parser()._actions if isinstance(each, argparse._SubParsersAction)]
    purposes = {choice.dest: choice.help for choice in found._choices_actions}
    return {name: (parser, purposes.get(name, "")) for name, parser in found.choices.items()}


def text() -> str:
    ours = [(code(f"python3 dz {name}"), *told.split(" · ")) for name, (_call, told) in runner().VERBS.items()]
    verbs_told = verbs().items()
    rows = [
        (code(" ".join(["duzhan", name, *_arguments(parser)])), *_both(told)) for name, (parser, told) in verbs_told
    ]
    arguments = {
        f"{_named(each)}": _both(each.help) for _name, (parser, _purpose) in verbs_told for each in _told(parser)
    }
    return page(
        "Commands",
        "## For whoever has the source",
        "The standard library alone; each step may be repeated.",
        table(["command", "中文", "English"], ours),
        "## For whoever runs it",
        "`duzhan` stands in `.venv/bin/` and reads the same [settings](settings.md) as the server. Exit codes: 0 done, 1 "
        "something was found or failed, 2 it was asked for what cannot be done, and nothing has changed. `duzhan --lang en` "
        "before the verb speaks English.",
        table(["command", "中文", "English"], rows),
        table(["argument", "中文", "English"], [(code(name), *both) for name, both in sorted(arguments.items())]),
    )


def _both(told):
    """A help text in both languages: 中文 · English."""
    chinese, _dot, english = (told or "").partition(" · ")
    return chinese, english


def _told(parser):
    return [each for each in parser._actions if each.dest not in ("help", "version")]


def _arguments(parser):
    """As one would type them, what may be left out in brackets."""
    for each in _told(parser):
        word = _named(each)
        needed = each.required if each.option_strings else each.nargs not in ("?", "*")
        yield word if needed else f"[{word}]"


def _named(each):
    value = each.metavar or "|".join(each.choices or ()) or each.dest.upper()
    if not each.option_strings:
        return f"{value} …" if each.nargs in ("*", "+") else value
    takes_none = each.nargs == 0
    return each.option_strings[-1] if takes_none else f"{each.option_strings[-1]} {value}"
