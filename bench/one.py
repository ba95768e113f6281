"""`python -m bench.one NAME OPTIONS`: one bench in a process of its own; its rows as JSON.

The database is what DUZHAN_DATABASE_URL names: made for this bench, migrated, and nothing else in it.
"""

import importlib
import json
import os
import sys
from types import SimpleNamespace

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duzhan.config.settings")
django.setup()

from bench.machine import NoRoom, described  # noqa: E402 - wants the settings


def main(name, options):
    told = {"rows": [], "fault": ""}
    try:
        bench = importlib.import_module(f"bench.{name}")
        rows = bench.measure(SimpleNamespace(**json.loads(options)), lambda text: _say(f"{name}: {text}"))
        told["rows"] = [row.as_dict() for row in rows]
    except NoRoom as error:
        told["fault"] = str(error)
    print(json.dumps({"machine": described(), **told}))


def _say(text):
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
