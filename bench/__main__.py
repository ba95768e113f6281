"""`python3 dz bench [NAME ...]`: measure, beside the limit of the machine in the same run, and print one table.

It writes into the database that DUZHAN_DATABASE_URL names, which must be an empty PostgreSQL database; `dz bench`
makes one and throws it away.
"""

import argparse
import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duzhan.config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from bench import figures, folding, history, lists, lives, pages, verifying, visits  # noqa: E402
from bench.machine import Row, described  # noqa: E402

BENCHES = {
    "verifying": verifying.measure,  # before others write what has no true digests
    "visits": visits.measure,
    "figures": figures.measure,
    "folding": folding.measure,
    "history": history.measure,
    "lists": lists.measure,
    "pages": pages.measure,
}


def main(arguments=None) -> int:
    options = _options(arguments)
    unknown = set(options.names) - set(BENCHES)
    if unknown:
        print(f"no bench is called {', '.join(sorted(unknown))}; there are: {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    if connection.vendor != "postgresql" and options.names != ["visits"]:
        print(
            "the bench wants an empty PostgreSQL database in DUZHAN_DATABASE_URL; `python3 dz bench` makes one. "
            "Only `visits` runs on an empty SQLite file too",
            file=sys.stderr,
        )
        return 2
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)  # pages want it, as `duzhan run` makes it
    rows: list[Row] = []
    for name in [each for each in BENCHES if each in options.names or not options.names]:
        rows += BENCHES[name](options, lambda text: print(f"  {text}", file=sys.stderr, flush=True))
    if options.json:
        print(
            json.dumps({"machine": described(), "rows": [row.as_dict() for row in rows]}, ensure_ascii=False, indent=1)
        )
    else:
        _print(rows)
    return 0


def _options(arguments):
    parser = argparse.ArgumentParser(prog="dz bench", description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help=f"which rows: {', '.join(BENCHES)} (all)")
    parser.add_argument("--rows", type=int, default=1_000_000, help="problems in the ledger for `figures` and `lists`")
    parser.add_argument(
        "--days", type=int, default=lives.DAYS, help="in how many days the problems of `figures` are found (30)"
    )
    parser.add_argument(
        "--events",
        type=int,
        default=10_000_000,
        help="events for `verifying` and `history`; Spark is given 10,000,000 at most",
    )
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--seconds", type=float, default=10, help="how long each throughput is measured")
    parser.add_argument("--quick", action="store_true", help="small and short: does it run, and are the answers right?")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    if options.quick:
        options.rows, options.clients, options.seconds = min(options.rows, 20_000), [1, 8], 2
        options.events = min(options.events, 200_000)
    return options


def _print(rows):
    print(described())
    print(f"{'what':<58} {'Duzhan':>16} {'limit':>16} {'ratio':>7}")
    for row in rows:
        limit, ratio = (row.shown(row.limit), f"{row.ratio:.0%}") if row.limit else ("", "")
        print(f"{row.what:<58} {row.shown(row.ours):>16} {limit:>16} {ratio:>6}  {row.note}")


if __name__ == "__main__":
    sys.exit(main())
