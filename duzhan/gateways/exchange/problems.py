"""Problems as rows of a table: which columns, in which order, in the reader's words and the operation's time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duzhan.base.clock.instants import now
from duzhan.base.errors import BadInput
from duzhan.base.ui.spelling import grouped_text, seal_instant, zone_name
from duzhan.supervision.problems.flow import IN_PROGRESS, Stage
from duzhan.supervision.problems.queries import Asked, ledger, number_of_rows, stretches

MOST = 50_000  # rows in one file
AT_ONCE = 2_000  # rows in memory


@dataclass(frozen=True)
class Column:
    """One column: its heading, the database columns it reads, what it writes of them, and its width in characters."""

    heading: str
    names: tuple[str, ...]
    write: Callable
    width: int = 14


def _plain(told, value):
    return value


def _number(told, value):
    return f"{told.operation.prefix}-{value:04d}"


def _instant(told, value):
    """Wall-clock time in the operation's zone, without an offset: spreadsheets know none."""
    return value and value.astimezone(told.operation.tz).replace(tzinfo=None, microsecond=0)


def _word(vocabulary):
    return lambda told, value: told.words[vocabulary].get(value, value)


def _stage(told, value, sent_back):
    return told.words["sent_back"] if sent_back and value == Stage.HANDED_OVER else told.words["stages"][value]


def _overdue(told, stage, due_at, paused_at):
    return told.words["yes"] if stage in IN_PROGRESS and paused_at is None and due_at < told.at else ""


COLUMNS = (
    Column(gettext_lazy("编号"), ("pk",), _number, 10),
    Column(gettext_lazy("问题"), ("title",), _plain, 36),
    Column(gettext_lazy("事实"), ("detail",), _plain, 50),
    Column(gettext_lazy("性质"), ("klass",), _word("classes"), 10),
    Column(gettext_lazy("领域"), ("field",), _word("fields")),
    Column(gettext_lazy("成因"), ("cause",), _word("causes")),
    Column(gettext_lazy("区域"), ("area__name",), _plain),
    Column(gettext_lazy("点位"), ("point__name",), _plain, 24),
    Column(gettext_lazy("责任单位"), ("unit__name",), _plain, 20),
    Column(gettext_lazy("督导组"), ("group__name",), _plain),
    Column(gettext_lazy("阶段"), ("stage", "is_sent_back"), _stage, 10),
    Column(gettext_lazy("超期"), ("stage", "due_at", "paused_at"), _overdue, 8),
    Column(gettext_lazy("发现时刻"), ("found_at",), _instant, 18),
    Column(gettext_lazy("发现人"), ("found_by__name",), _plain),
    Column(gettext_lazy("交办时刻"), ("handed_over_at",), _instant, 18),
    Column(gettext_lazy("时限"), ("due_at",), _instant, 18),
    Column(gettext_lazy("签收时刻"), ("accepted_at",), _instant, 18),
    Column(gettext_lazy("报整改时刻"), ("rectified_at",), _instant, 18),
    Column(gettext_lazy("销号时刻"), ("closed_at",), _instant, 18),
    Column(gettext_lazy("复发次数"), ("relapses",), _plain, 8),
)


@dataclass
class Told:
    """One taking of the ledger: whose, of what, as of when, in which words. `rows` may be read once."""

    operation: object
    asked: Asked
    person: object
    found: object
    at: object
    count: int = 0  # rows given so far

    def __post_init__(self):
        # looked up now, in the reader's language: a file may be written when the request is long answered
        pack = self.operation.words
        self.words = {name: dict(pack.choices(name)) for name in ("classes", "fields", "causes")}
        self.words |= {
            "stages": {str(stage): str(stage.label) for stage in Stage},
            "sent_back": _("已退回"),
            "yes": _("是"),
        }

    def headings(self) -> list[str]:
        return [str(column.heading) for column in COLUMNS]

    def rows(self) -> Iterator[list]:
        """The rows in the order of the ledger: text, numbers, instants without a zone, None."""
        names = list(dict.fromkeys(name for column in COLUMNS for name in column.names))
        places = [[names.index(name) for name in column.names] for column in COLUMNS]
        writes = [column.write for column in COLUMNS]
        for stretch in stretches(self.found, self.asked):
            for values in stretch.values_list(*names).iterator(chunk_size=AT_ONCE):
                self.count += 1
                yield [
                    write(self, *[values[place] for place in taken])
                    for write, taken in zip(writes, places, strict=True)
                ]

    def particulars(self) -> list[tuple[str, str]]:
        """What this file is: (word, what); asked for when the rows are written."""
        filters = _("；").join(one.label for one in self.asked.chosen)
        return [
            (_("行动"), f"{self.operation.name} {self.operation.code}"),
            (_("条件"), filters or _("全部")),
            (_("截至"), f"{seal_instant(self.at, self.operation)} {zone_name(self.operation)}"),
            (_("导出人"), str(self.person)),
            (_("件数"), str(self.count)),
            (_("时刻"), _("各列时刻均为%(zone)s。") % {"zone": zone_name(self.operation)}),
        ]

    @property
    def file_name(self) -> str:
        """Without its ending: `yubei-2022-problems-20221125-1800`."""
        return f"{self.operation.code}-problems-{self.at.astimezone(self.operation.tz):%Y%m%d-%H%M}"


def take(person, operation, asked: Asked) -> Told:
    """The ledger as this person sees and asks for it. Raises BadInput where it is too long for one file."""
    at = now()
    found = ledger(person, operation, asked, at)
    if number_of_rows(found, asked, MOST + 1) > MOST:
        raise BadInput(
            _("符合条件的问题超过 %(most)s 件，一个文件放不下；请按区域、阶段或责任单位筛选后再导出。")
            % {"most": grouped_text(MOST)},
            field="filter",
        )
    return Told(operation, asked, person, found, at)
