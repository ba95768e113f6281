"""核对: is a folder of history what was exported, and is what was exported what the ledger sealed?

Each file against the manifest, each event against its digest (contents.py), all digests in their order against the seals.
What it says is worth as much as the newest seal: compare that with the one printed on a daily report.
"""

from pathlib import Path

from django.utils.translation import gettext as _

from duzhan.base.extras import extra
from duzhan.base.ledger import proof
from duzhan.base.ledger.verify import Fault
from duzhan.base.ledger.workers import Workers

from .contents import WIDTH, checked
from .manifest import Manifest

AHEAD = 1  # windows that each process has waiting: what they found is a megabyte or so for each


def faults_in(folder: Path, told: Manifest, progress=lambda done, of: None, processes=1):
    """Yield what is wrong, each thing named; nothing when the folder is whole. `progress` is called with event counts.

    Windows are looked at by several processes at once, and told in their order: the answer is the same.
    """
    extra("duckdb", "olap")
    yield from _strangers(folder, told)
    yield from _seal_faults(told)
    order = _Order(told.seals)
    with Workers(processes, ahead=AHEAD) as workers:
        asked = ((folder, window, processes) for window in told.windows)
        for (_folder, window, _processes), found in workers.ask_each(checked, asked):
            yield from order.comes_to(window.first)
            yield from found.faults
            for run in found.runs:
                yield from order.add(*run)
            yield from order.comes_to(window.last + 1)
            progress(window.last, told.last)


def _strangers(folder, told):
    known = {file.path for file in told.files}
    for path in sorted(folder.rglob("*.parquet")):
        name = path.relative_to(folder).as_posix()
        if name not in known:
            yield Fault(name, _("清单里没有它"))


def _seal_faults(told):
    prev, first = proof.FIRST, 1
    for number, seal in enumerate(told.seals, 1):
        name = _seal(seal)
        if (seal["number"], seal["first"], seal["prev"]) != (number, first, prev):
            yield Fault(name, _("与前一个封条衔接不上"))
        if proof.seal_digest(seal) != seal["digest"]:
            yield Fault(name, _("做成以后被改过"))
        prev, first = seal["digest"], seal["last"] + 1


def _seal(seal):
    return _("封条 %(number)s") % {"number": seal["number"]}


class _Order:
    """Walks through the places of the ledger's order, and compares each seal with what it was laid over."""

    def __init__(self, seals):
        self.expected, self.seals, self.tree = 1, list(reversed(seals)), proof.Merkle()

    def comes_to(self, position):
        """Every place before this one has been seen."""
        if self.expected < position:
            yield Fault(_places(self.expected, position - 1), _("次序里缺了这一项"))
            self.expected = position
        yield from self._sealed()

    def add(self, first, digests):
        """Digests of places that follow one another, from `first` on."""
        yield from self.comes_to(first)
        for place, start in enumerate(range(0, len(digests), WIDTH), first):
            if place < self.expected:
                yield Fault(_places(place, place), _("在次序里出现两次"))
                continue
            self.expected += 1
            self.tree.add(digests[start : start + WIDTH].hex())
            yield from self._sealed()

    def _sealed(self):
        while self.seals and self.seals[-1]["last"] < self.expected:
            seal, tree = self.seals.pop(), self.tree
            self.tree = proof.Merkle()
            if tree.root() != seal["root"]:
                words = {"first": seal["first"], "last": seal["last"]}
                yield Fault(_seal(seal), _("第 %(first)s 至 %(last)s 项不是当初封存的") % words)


def _places(first, last):
    if first == last:
        return _("次序第 %(position)s 项") % {"position": first}
    return _("次序第 %(first)s 至 %(last)s 项") % {"first": first, "last": last}
