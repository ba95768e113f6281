"""Processor time of processes and all below them, as Linux counts it."""

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def processor_seconds(*roots) -> float:
    """Seconds of processor time that these processes, those below them and those of them that ended have taken."""
    told = dict(_processes())
    wanted, found = set(), {*roots}
    while found:
        wanted |= found
        found = {pid for pid, (parent, _seconds) in told.items() if parent in found} - wanted
    return sum(told[pid][1] for pid in wanted if pid in told)


def parent_of(pid) -> int:
    return dict(_processes())[pid][0]


def _processes():
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parts = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        # parts begin with field 3 of proc(5): 4 is the parent, 14 to 17 the time of it and of its ended children
        yield int(folder.name), (int(parts[1]), sum(map(int, parts[11:15])) / TICK)
