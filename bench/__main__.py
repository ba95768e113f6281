"""`python3 dz bench [NAME ...]`: measure, beside the limit of the machine in the same run, and print one table.

DUZHAN_DATABASE_URL names a PostgreSQL on which databases may be made, as `dz bench` starts one: each bench gets one of its
own and a process of its own, so that none meets what another has left, and both are gone afterwards.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg

from bench.machine import Row

TEMPLATE = "duzhan_bench"
NOTHING_ASKED = {"asked": 0, "share": 0}  # of small and short runs
GROWS = 1.3  # times as long as at the smallest size is what a figure may take at the largest


@dataclass(frozen=True)
class Bench:
    """`database`: on what; `sizes`: whether it is measured with each of `--rows`, or only with the first."""

    database: str = "postgresql"
    sizes: bool = False


BENCHES = {  # the name of its module; in this order
    "visits": Bench(),
    "sqlite": Bench("sqlite"),
    "lists": Bench(sizes=True),
    "figures": Bench(sizes=True),
    "folding": Bench(),
    "verifying": Bench(),
    "pages": Bench(),
    "serving": Bench(),
    "history": Bench(),
}


def main(arguments=None) -> int:
    options = _options(arguments)
    address = os.environ.get("DUZHAN_DATABASE_URL", "")
    if unknown := set(options.names) - set(BENCHES):
        print(f"no bench is called {', '.join(sorted(unknown))}; there are: {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    if urlsplit(address).scheme not in ("postgresql", "postgres"):
        print("the bench wants a PostgreSQL in DUZHAN_DATABASE_URL; `python3 dz bench` starts one", file=sys.stderr)
        return 2
    names = [name for name in BENCHES if name in options.names or not options.names]
    asked = [(name, size) for name in names for size in (options.rows if BENCHES[name].sizes else options.rows[:1])]
    with _template(address), ThreadPoolExecutor(2 if options.quick else 1) as side_by_side:
        told = dict(zip(asked, side_by_side.map(lambda each: _one(*each, address, options), asked), strict=True))
    rows = [Row(**row) for each in told.values() for row in each["rows"]]
    rows += _grown({size: each["rows"] for (name, size), each in told.items() if name == "figures"})
    machines = list(dict.fromkeys(each["machine"] for each in told.values() if each["machine"]))
    faults = [f"{name}, {size:,}: {each['fault']}" for (name, size), each in told.items() if each["fault"]]
    if options.json:
        table = [row.as_dict() | {"ratio": round(row.ratio, 3), "is_reached": row.is_reached} for row in rows]
        print(json.dumps({"machine": "; ".join(machines), "rows": table}, ensure_ascii=False, indent=1))
    else:
        _print(machines, rows)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def _options(arguments):
    parser = argparse.ArgumentParser(prog="dz bench", description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help=f"which benches: {', '.join(BENCHES)} (all)")
    parser.add_argument(
        "--rows", type=_many, nargs="+", default=[1_000_000, 10_000_000], help="problems in the ledger; "
        "`figures` and `lists` are measured at each size (1,000,000 and 10,000,000: 34 GB of disk and an hour)",
    )  # fmt: skip
    parser.add_argument(
        "--days", type=_many, default=30, help="in how many days the problems of `figures` are found (30)"
    )
    parser.add_argument(
        "--events", type=_many, default=100_000_000,
        help="events for `history` on DuckDB; Spark and `verifying` are given 10,000,000 of them at most",
    )  # fmt: skip
    parser.add_argument("--clients", type=_many, nargs="+", default=[1, 8, 32])
    parser.add_argument("--seconds", type=float, default=10, help="how long each throughput is measured")
    parser.add_argument("--quick", action="store_true", help="small and short: does it run, and are the answers right?")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    options.rows = sorted(set(options.rows))
    options.times = 40  # calls of which the middle is told
    if options.quick:
        options.rows, options.clients, options.seconds, options.times = [20_000], [1, 8], 1, 3
        options.events = min(options.events, 100_000)
    return options


def _many(text):
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


def _one(name, size, address, options):
    """What a bench in its own process tells; one that crashed tells no rows, and why stands above."""
    wanted = {"rows": size} | {
        key: getattr(options, key) for key in ("days", "events", "clients", "seconds", "quick", "times")
    }
    with {"postgresql": _on_postgresql, "sqlite": _on_sqlite}[BENCHES[name].database](address, name) as environment:
        command = [sys.executable, "-m", "bench.one", name, json.dumps(wanted)]
        ended = subprocess.run(command, env=environment, stdout=subprocess.PIPE)
    if ended.returncode:
        return {"machine": "", "rows": [], "fault": "did not come to its end, for the reason above"}
    told = json.loads(ended.stdout.splitlines()[-1])
    if options.quick:
        told["rows"] = [row | NOTHING_ASKED for row in told["rows"]]
    for row in told["rows"]:  # the whole takes an hour: nobody should have to wait for its end
        print(*filter(None, Row(**row).cells()), sep=" | ", file=sys.stderr, flush=True)
    return told


def _grown(sizes):
    """Each row of figures at the largest size beside the same at the smallest: do they grow with the ledger?"""
    if len(sizes) > 1:
        least, most = min(sizes), max(sizes)
        for small, large in zip(sizes[least], sizes[most], strict=False):  # one of them may tell none
            yield Row(f"{large['what']} (limit: at {least:,})", large["ours"], small["ours"], "ms", share=1 / GROWS)


# --- databases --------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _template(address):
    """A database with all tables and nothing in them, from which each bench's own is copied."""
    with _made(address, TEMPLATE, "template0") as environment:
        _prepare(environment)
        yield


@contextlib.contextmanager
def _on_postgresql(address, name):
    with _made(address, f"{TEMPLATE}_{name}", TEMPLATE) as environment:
        yield environment


@contextlib.contextmanager
def _on_sqlite(_address, _name):
    with tempfile.TemporaryDirectory(prefix="duzhan-bench-") as folder:
        environment = {name: each for name, each in os.environ.items() if name != "DUZHAN_DATABASE_URL"}
        environment |= {"DUZHAN_DATA_DIR": folder}
        _prepare(environment)
        yield environment


@contextlib.contextmanager
def _made(address, name, template):
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield os.environ | {"DUZHAN_DATABASE_URL": urlsplit(address)._replace(path=f"/{name}").geturl()}
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _prepare(environment):
    """As `duzhan run` does before it serves."""
    for command in (["migrate"], ["collectstatic", "--no-input"]):
        subprocess.run([sys.executable, "manage.py", *command, "--verbosity", "0"], env=environment, check=True)


def _print(machines, rows):
    """A table that reads in a terminal, and in a document as it is."""
    table = [("what", "Duzhan", "limit", "ratio", "asked", "", "note"), *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    print(*machines, sep="\n", end="\n\n")
    for number, cells in enumerate(table):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip() + " |")
        if not number:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")


if __name__ == "__main__":
    sys.exit(main())
