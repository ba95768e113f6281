"""What can be typed: the runner's verbs."""

import importlib.machinery
import importlib.util
from pathlib import Path

from django.conf import settings

from .writing import code, page, table


def runner():
    """`dz`, which has no ending, as a module."""
    loader = importlib.machinery.SourceFileLoader("dz", str(Path(settings.ROOT) / "dz"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("dz", loader))
    loader.exec_module(module)
    return module


def text() -> str:
    verbs = [(code(f"python3 dz {name}"), *told.split(" · ")) for name, (_call, told) in runner().VERBS.items()]
    return page("Commands", table(["command", "中文", "English"], verbs))
