"""Figures from a folder of history, by the same definitions and with the same numbers as from the ledger."""

from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from duzhan.base.clock.instants import parse_instant
from duzhan.base.errors import BadInput, NotFound
from duzhan.base.ledger.models import Seal
from duzhan.base.ledger.plain import plain
from duzhan.base.ledger.queries import ALL
from duzhan.insight.figures import queries
from duzhan.insight.figures.engines import on_duckdb, on_spark
from duzhan.insight.figures.engines.kept import kept_by
from duzhan.places.models import Area
from duzhan.places.queries import area_among

from . import manifest
from .manifest import Manifest

ENGINES = {"duckdb": on_duckdb.asking, "spark": on_spark.asking}


def opened(folder: Path) -> Manifest:
    """The manifest of a folder. Raises NotFound where there is none, BadInput where it cannot be read."""
    told = manifest.read(folder)
    if told is None:
        raise NotFound(_("%(path)s 里没有历史数据（manifest.json）。") % {"path": folder})
    return told


@dataclass(frozen=True)
class History:
    """One operation in a folder of history. Raises NotFound for one that is not there."""

    folder: Path
    told: Manifest
    code: str

    @property
    def operation(self):
        found = self.told.operation(self.code)
        if found is None:
            known = "、".join(each["code"] for each in self.told.operations) or "—"
            words = {"code": self.code[:40], "known": known}
            raise NotFound(_("没有代号为 %(code)s 的行动；有：%(known)s。") % words, field="operation")
        return found

    def area(self, text) -> Area:
        return area_among(self.told.areas_below(self.operation.area_path), text)

    def figures(self, engine, *, as_of=None, known_at=None, slice=ALL) -> queries.Figures:
        """Every figure of the catalogue, counted by one of ENGINES.

        Nothing said, `known_at` is the instant up to which the folder is complete; raises BadInput for a later one.
        """
        complete = self.complete_at()
        if known_at is not None and known_at > complete:
            words = {"at": complete.astimezone(self.operation.tz).isoformat()}
            raise BadInput(_("这份历史数据只到 %(at)s；请问更早的时刻，或重新导出。") % words, field="known_at")
        as_of, known_at = queries.asked_instants(as_of, known_at or complete)
        files = self._files(min(as_of, known_at), known_at)
        with ENGINES[engine](files) as ask:
            return queries.figures(self.operation, as_of=as_of, known_at=known_at, slice=slice, lens=kept_by(ask))

    def complete_at(self):
        if not self.told.known_at:
            raise BadInput(_("%(path)s 还没有导出完；请再运行一次导出。") % {"path": self.folder})
        return parse_instant(self.told.known_at)

    def _files(self, as_of, known_at):
        """The files in which there can be anything that is asked for; the first of all where there is none."""
        of_it = [file for file in self.told.files if file.book == self.operation.pk]
        if not of_it:
            raise NotFound(_("导出时本行动还没有任何记录。"))
        asked = [file for file in of_it if file.at <= plain(as_of) and file.recorded_at <= plain(known_at)]
        paths = [self.folder.absolute() / file.path for file in asked or of_it[:1]]
        for path in paths:
            if not path.is_file():
                raise NotFound(_("%(path)s 不见了；请先用 duzhan verify --parquet 核对。") % {"path": path})
        return [str(path) for path in paths]

    def seal_known_at(self, known_at) -> Seal | None:
        """The newest seal that was there at an instant."""
        seals = [seal for seal in self.told.seals if seal["at"] <= plain(known_at)]
        return Seal(**{**seals[-1], "at": parse_instant(seals[-1]["at"])}) if seals else None
