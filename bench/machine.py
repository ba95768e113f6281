"""One row of the table, the machine it was measured on, and how throughput and latency are taken."""

import os
import platform
import shutil
import threading
import time
from dataclasses import asdict, dataclass
from statistics import median, quantiles

from django.db import connection


@dataclass(frozen=True)
class Row:
    """What was measured: ours beside the limit of the machine, both in the same unit in the same run."""

    what: str
    ours: float
    limit: float
    unit: str  # "/s": more is better; anything else: less is better
    note: str = ""
    asked: float = 0  # at least so many a second, or at most so many of anything else
    share: float = 0  # at least this share of the limit

    @property
    def ratio(self) -> float:
        """Ours as a share of the limit: 1 is as fast as the machine can."""
        if not self.ours or not self.limit:
            return 0.0
        return self.ours / self.limit if self.unit == "/s" else self.limit / self.ours

    @property
    def is_reached(self) -> bool | None:
        """Whether all that is asked was reached; None where nothing is asked."""
        if not self.asked and not self.share:
            return None
        is_enough = not self.asked or (self.ours >= self.asked if self.unit == "/s" else self.ours <= self.asked)
        return is_enough and self.ratio >= self.share

    def as_dict(self) -> dict:
        """The row for JSON."""
        return asdict(self)

    def cells(self) -> tuple[str, ...]:
        """The row as people read it: what, ours, limit, ratio, what is asked, whether it was reached, note."""
        ratio = f"{self.ratio:.0%}" if self.ratio < 10 else f"{self.ratio:,.0f} ×"
        limit, ratio = (self._shown(self.limit), ratio) if self.limit else ("", "")
        least = "≥" if self.unit == "/s" else "≤"
        asked = [f"{least} {self._shown(self.asked)}"] * bool(self.asked) + [f"≥ {self.share:.0%}"] * bool(self.share)
        reached = {True: "reached", False: "MISSED", None: ""}[self.is_reached]
        return self.what, self._shown(self.ours), limit, ratio, ", ".join(asked), reached, self.note

    def _shown(self, value):
        digits = 0 if value >= 100 or self.unit == "/s" or value == int(value) else 1 if value >= 10 else 2
        return f"{value:,.{digits}f} {self.unit}"


def described() -> str:
    """The machine, named: processors, memory, PostgreSQL and whether it waits for the disk."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}, "
        f"{_database()}"
    )


def _database():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sqlite_version(), (SELECT synchronous FROM pragma_synchronous)")
            return "SQLite {}, synchronous {}".format(*cursor.fetchone())
        cursor.execute(
            "SELECT current_setting('server_version'), current_setting('fsync'), current_setting('synchronous_commit')"
        )
        version, fsync, commit = cursor.fetchone()
    return f"PostgreSQL {version.split()[0]}, fsync {fsync}, synchronous_commit {commit}"


class NoRoom(Exception):
    """The disk has too little room for what a bench would write."""


def room_for(many, folder):
    """NoRoom where so many bytes and a tenth more do not fit on the disk of this folder."""
    free = shutil.disk_usage(folder).free
    if free < 1.1 * many:
        raise NoRoom(f"wants {1.1 * many / 1e9:.0f} GB of disk, and {free / 1e9:.0f} are free")


def room_in_the_database(many):
    """NoRoom where so many bytes do not fit beside the database."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        room_for(many, cursor.fetchone()[0])


def throughput(clients, seconds, work) -> tuple[float, list[float]]:
    """Calls a second by so many clients at once, and how long each call took (seconds), after a short warming up.

    `work(client)` gives the function that one client calls again and again.
    """
    calls = [work(number) for number in range(clients)]
    for call in calls:
        call()
    gate, stop, took = threading.Barrier(clients + 1), threading.Event(), [[] for _ in calls]
    failed = []

    def run(number):
        gate.wait()
        try:
            while not stop.is_set():
                start = time.perf_counter()
                calls[number]()
                took[number].append(time.perf_counter() - start)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(clients)]
    for thread in threads:
        thread.start()
    gate.wait()
    start = time.perf_counter()
    time.sleep(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    every = [each for each_client in took for each in each_client]
    return len(every) / (time.perf_counter() - start), every


def p99(times) -> float:
    return quantiles(times, n=100)[98] if len(times) > 1 else times[0]


def timed(times, ask) -> list[float]:
    """How long each of `times` calls takes, in milliseconds, after one that warms up."""
    ask()
    took = []
    for _ in range(times):
        start = time.perf_counter()
        ask()
        took.append(1000 * (time.perf_counter() - start))
    return took


def milliseconds(times, ask) -> float:
    """The median of what `timed` gives."""
    return median(timed(times, ask))


def connection_parameters() -> dict:
    """What a raw connection to the same database wants to know."""
    given = connection.get_connection_params()
    wanted = ("dbname", "user", "password", "host", "port")
    return {name: given[name] for name in wanted if given.get(name)}
