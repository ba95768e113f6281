"""What the command line does with history: events as Parquet, checked and counted outside the ledger."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.utils.translation import gettext as _

from duzhan.base.errors import BadInput
from duzhan.config import printed
from duzhan.gateways.exchange.history.checking import faults_in
from duzhan.gateways.exchange.history.reading import History, opened
from duzhan.gateways.exchange.history.writing import export as bring_up

from .processes import LARGE, processes_for
from .question import asked_instants, asked_slice


def export(asked, operation, progress):
    """Bring a folder up to this instant: of one operation, or of all."""
    if asked.events or asked.problem:
        raise BadInput(_("--parquet 导出整段历史，不能与 --problem、--events 同用。"))
    chosen = [operation] if operation else []
    told = bring_up(Path(asked.parquet), chosen, with_conduct=asked.with_conduct, progress=progress)
    _say(told, _("历史数据写好了：事件 %(events)s 个，文件 %(files)s 个，封条 %(seals)s 个。"))


def verify(asked, progress):
    """1 when there is a fault, each named in a line."""
    folder = Path(asked.parquet)
    told, faults = opened(folder), 0
    for fault in faults_in(folder, told, progress, processes_for(asked, told.last > LARGE)):
        faults += 1
        print(fault)
    _say(told, _("事件 %(events)s 个，文件 %(files)s 个，封条 %(seals)s 个，不符 %(faults)s 处。"), faults=faults)
    if told.seals:
        print(_("最新封条：第 %(number)s 号 %(digest)s；请与日报上印的核对。") % told.seals[-1])
    return 1 if faults else 0


def _say(told, sentence, **more):
    print(sentence % {"events": told.last, "files": len(told.files), "seals": len(told.seals), **more})


def figures(asked) -> printed.Report:
    """The figures of one operation as its history tells them."""
    folder = Path(asked.source)
    history = History(folder, opened(folder), asked.operation)
    operation = history.operation
    when = asked_instants(operation, asked)
    area = history.area(asked.area) if asked.area is not None else None
    return Told(operation, area, history.figures(asked.engine, slice=asked_slice(area), **when), history)


@dataclass(frozen=True)
class Counted(printed.Report):
    """A report without the areas side by side."""

    @property
    def areas(self):
        return []


@dataclass(frozen=True)
class Told(Counted):
    """What history tells, with the seals that were exported."""

    history: History

    @cached_property
    def seal(self):
        return self.history.seal_known_at(self.told.known_at)
