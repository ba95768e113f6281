"""A sheet as its page shows it: the draft of now, a frozen report, a corrected one or another moment, all alike."""

from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from duzhan.base.clock.instants import parse_instant
from duzhan.base.ledger.models import Seal
from duzhan.insight.figures.catalogue import CATALOGUE
from duzhan.places.models import Area
from duzhan.supervision.problems.flow import MOVES

from ..queries.late import late_events
from ..queries.papers import difference_text
from ..queries.sheets import COLUMNS, checks, label_of, name_of, written
from .links import records_url


@dataclass(frozen=True)
class Number:
    """A number on the sheet and where it opens; "" where it does not."""

    text: str
    url: str = ""
    figure: str = ""


@dataclass
class Shown:
    """Everything that the sheet's template prints."""

    operation: object
    as_of: object
    known_at: object
    figures: dict
    tables: dict
    sentence: dict
    checks: list
    day: object = None
    report: object = None  # frozen or draft; None for a moment that is only looked at
    amendment: object = None
    area: str = ""
    late: int = 0
    seal: object = None
    highlights: str = ""
    tomorrow: str = ""
    amendments: list = field(default_factory=list)

    # --- sentences ---

    @property
    def language(self):
        return "en" if (get_language() or "").startswith("en") else "zh"

    def said(self, name) -> list[Number]:
        """A sentence in the reader's language, each of its numbers with where it opens."""
        return [
            Number(text, self._sentence_url(figure), figure)
            for text, figure in self.sentence.get(self.language, {}).get(name, ())
        ]

    @property
    def summary(self):
        return self.said("summary")

    @property
    def today(self):
        return self.said("today")

    @property
    def overdue(self):
        return self.said("overdue")

    @property
    def lower(self):
        return self.said("lower_bodies")

    def _sentence_url(self, figure):
        return self.url(figure) if figure in CATALOGUE else ""

    def url(self, key, **narrowed) -> str:
        return records_url(key, as_of=self.as_of, known_at=self.known_at, **({"area": self.area} | narrowed))

    @property
    def since(self):
        """The cut-off before: from there on something is of this day."""
        return parse_instant(self.tables["since"]) if self.tables.get("since") else None

    # --- tables ---

    @property
    def heads(self):
        return [label_of(key) for key in COLUMNS]

    @property
    def area_head(self):
        level = self.tables.get("level")
        return Area.Level(level).label if level in Area.Level.values else _("区域")

    @property
    def areas(self):
        rows = [row for row in self.tables.get("areas", ()) if any(row["figures"].values())]
        return [self._row("areas", row, {"area": row["code"]}) for row in rows]

    @property
    def quiet(self):
        """The areas where nothing has been visited and nothing found."""
        return [row["name"] for row in self.tables.get("areas", ()) if not any(row["figures"].values())]

    @property
    def groups(self):
        return [self._row("groups", row, {"group": row["key"]}) for row in self.tables.get("groups", ())]

    def _row(self, table, row, narrowed):
        opens = row["key"] != ""
        return {
            "name": name_of(table, row),
            "numbers": [
                Number(written(row["figures"][key]), self.url(key, **narrowed) if opens else "", key) for key in COLUMNS
            ],
        }

    @property
    def totals(self):
        return [Number(written(self.figures[key]), self.url(key), key) for key in COLUMNS]

    @property
    def sides(self):
        """力度与温度: what was enforced and what was done for people, side by side (M82)."""
        return [
            {"title": title, "rows": [self._side(key, *told) for key, told in self.tables.get(name, {}).items()]}
            for name, title in (("control", _("力度")), ("care", _("温度")))
        ]

    def _side(self, key, whole, new):
        return {"label": label_of(key), "number": Number(str(whole), self.url(key), key), "new": new}

    @property
    def self_reports(self):
        """What lower bodies say, beside what we counted in their area."""
        told = self.tables.get("lower_bodies") or {}
        keys = told.get("keys", [])
        return {
            "heads": [label_of(key) for key in keys],
            "rows": [
                {
                    "name": row["name"],
                    "as_of": parse_instant(row["as_of"]),
                    "cells": [
                        {"said": row["figures"].get(key, {}).get("text", "—"), "ours": _ours(row["ours"].get(key))}
                        for key in keys
                    ],
                }
                for row in told.get("rows", ())
            ],
            "totals": [told.get("totals", {})[key]["text"] for key in keys],
        }

    # --- checks, state, seal ---

    @property
    def identity(self):
        """The first of the checks, as the identity line shows it."""
        whole, parts = (
            self.figures["problems_handed_over"],
            [self.figures["problems_rectified"], self.figures["problems_in_progress"]],
        )
        return {"whole": whole, "parts": parts, "holds": whole == sum(parts), "difference": whole - sum(parts)}

    @property
    def held(self):
        return sum(check.holds for check in self.checks)

    @property
    def qr_url(self):
        """What the code on the paper opens: this report, with the seal's digest to compare."""
        if self.seal is None:
            return ""
        return f"{settings.DUZHAN_BASE_URL}{reverse('report', args=[self.report.pk])}?seal={self.seal.digest[:32]}"

    @property
    def differences(self):
        """What the amendment in force changed, the whole first."""
        if self.amendment is None:
            return []
        return [line_of(each) for each in self.amendment.differences if not each["table"]]


def _ours(value):
    return "" if value is None else written(value)


PAGES = {"problem": "problem", "visit": "visit", "point": "point"}  # kinds of records that have a page of their own
KINDS = {
    "problem": gettext_lazy("问题"), "visit": gettext_lazy("走访"), "point": gettext_lazy("点位"),
    "body": gettext_lazy("单位"), "help": gettext_lazy("求助"), "group": gettext_lazy("督导组"),
    "membership": gettext_lazy("人员"),
}  # fmt: skip
HAPPENED = {
    "problem.find": gettext_lazy("发现"), "visit.record": gettext_lazy("走访"),
    "help.ask": gettext_lazy("求助"), "help.answer": gettext_lazy("答复求助"), "group.form": gettext_lazy("编组"),
    "group.stand_down": gettext_lazy("撤组"), "membership.post": gettext_lazy("入组"),
    "membership.release": gettext_lazy("归队"), **{move.kind: move.label for move in MOVES.values()},
}  # fmt: skip


def line_of(difference) -> dict:
    """One difference: in words, and the records that make it, each with its sign and its page."""
    return {
        "text": difference_text(difference),
        "is_part": bool(difference["table"]),
        "records": [_opened(record) for record in difference["records"]],
    }


def _opened(record):
    return record | {
        "url": page_of_record(record["kind"], record["pk"]),
        "word": KINDS.get(record["kind"], record["kind"]),
        "sign": "+" if record["delta"] > 0 else "−",
    }


def page_of_record(kind, pk) -> str:
    """The page of a record; "" where it has none."""
    return reverse(PAGES[kind], args=[pk]) if kind in PAGES else ""


def late_line(event, operation) -> dict:
    """What was entered after the report was frozen: what happened, when, and when it was learned."""
    return {
        "at": event.at,
        "recorded_at": event.recorded_at,
        "what": HAPPENED.get(event.kind, event.kind),
        "word": KINDS.get(event.subject_kind, event.subject_kind),
        "number": f"{operation.prefix}-{event.subject_id:04d}" if event.subject_kind == "problem" else event.subject_id,
        "url": page_of_record(event.subject_kind, event.subject_id),
        "digest": event.digest,
    }


def of_sheet(sheet, *, report=None, day=None, area="") -> Shown:
    """The sheet of now, or of another moment."""
    return Shown(
        sheet.operation, sheet.as_of, sheet.known_at, sheet.figures, sheet.tables, sheet.sentence, sheet.checks,
        day=day, report=report, area=area, highlights=report.highlights if report else "",
        tomorrow=report.tomorrow if report else "",
    )  # fmt: skip


def of_report(report, version=None) -> Shown:
    """A frozen report in its newest version, or in the one asked for: 0 is as it was frozen."""
    amendments = list(report.amendments.order_by("number").select_related("amended_by"))
    number = len(amendments) if version is None else version
    amendment = amendments[number - 1] if number else None
    paper = amendment or report
    return Shown(
        report.operation, report.cut_off_at, paper.figures_known_at, paper.figures, paper.tables, paper.sentence,
        checks(paper.figures, paper.tables), day=report.day, report=report, amendment=amendment, amendments=amendments,
        highlights=report.highlights, tomorrow=report.tomorrow, late=late_events(report, paper.figures_known_at).count(),
        seal=Seal.objects.filter(number=paper.seal_number).first(),
    )  # fmt: skip
