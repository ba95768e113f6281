"""The figures that can be asked for, as data. One more figure is one more entry here; nothing else knows their list.

Every figure is counted from the events of the ledger: a flow adds them up, a stock is how many subjects stand in some
stages, a distinct count is how many different things they touch, a share is one figure out of another.
"""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duzhan.base.ui.spelling import in_english
from duzhan.supervision.problems.flow import COUNTED, HANDED_OVER, IN_PROGRESS, RECTIFIED, Class, Stage


@dataclass(frozen=True)
class Flow:
    """How often something happened: the sum of the amounts of these kinds of events."""

    kinds: tuple[str, ...]
    word: ClassVar[str] = "flow"


@dataclass(frozen=True)
class Stock:
    """How many subjects of a kind stand in one of these stages at that instant.

    A word that adds up over time in a bulletin, such as problems found, is a stock too where what was withdrawn or
    merged has to leave the count; `word` says what readers take it for.
    """

    subject_kind: str
    stages: frozenset
    word: str = "stock"


@dataclass(frozen=True)
class Overdue(Stock):
    """Of a stock, those past their deadline at that instant, with the clock running."""


@dataclass(frozen=True)
class Distinct:
    """How many different things (`of`: place or unit) the events of a kind touched."""

    kind: str
    of: str
    word: ClassVar[str] = "distinct"


@dataclass(frozen=True)
class Share:
    """One figure out of another, or out of `fallback` where the other is 0; n and N are always shown with it."""

    n: str
    of: str
    fallback: str = ""
    word: ClassVar[str] = "ratio"


@dataclass(frozen=True)
class Figure:
    """One figure: its key for programs, its label and counter for people, what it counts, and that in words."""

    key: str
    label: str
    counter: str  # 个, 次, 人: Chinese has them, English does without
    counts: Flow | Stock | Distinct | Share
    meaning: str
    topic: str = ""  # only what stands below this topic

    @property
    def unit(self) -> str:
        """What stands behind the number: the counter in Chinese, nothing in English."""
        return "" if in_english() else self.counter


def _problems(stages, word="stock"):
    return Stock("problem", frozenset(stages), word)


VISIT = "visit.record"

FIGURES = (
    Figure("groups_formed", _("在岗督导组"), "个", Stock("group", frozenset({"on_duty"})), _("此时在岗的督导组，撤回的不计。")),
    Figure("people_assigned", _("抽调人员"), "人", Stock("membership", frozenset({"posted"})),
           _("此时在组的人员；一人在两个组，计两次。")),
    Figure("inspections", _("走访检查"), "次", Flow((VISIT,)), _("登记的走访，没有发现问题的也计。")),
    Figure("points_visited", _("走访点位"), "个", Distinct(VISIT, "place"), _("走访过的不同点位，一个点位去几次都计一个。")),
    Figure("units_inspected", _("检查单位"), "个", Distinct(VISIT, "unit"), _("被走访点位所属的不同单位，去几次都计一个；暗访不计到单位。")),
    Figure("problems_found", pgettext_lazy("figure", "发现问题"), "个", _problems(COUNTED, "flow"), _("登记的问题；合并、撤销的不计。")),
    Figure("problems_handed_over", _("交办问题"), "个", _problems(HANDED_OVER, "flow"),
           _("已离开“待交办”的问题；合并、撤销的不计。")),
    Figure("problems_rectified", _("已整改"), "个", _problems(RECTIFIED), _("已报整改、没有被退回的问题，含已销号。")),
    Figure("problems_in_progress", _("正在整改"), "个", _problems(IN_PROGRESS), _("已交办，未报整改或被退回；不含合并、撤销。")),
    Figure("problems_closed", pgettext_lazy("figure", "已销号"), "个", _problems({Stage.CLOSED}), _("经第二人核验销号的问题；复发重开的不计。")),
    Figure("problems_overdue", _("超期未整改"), "个", Overdue("problem", frozenset(IN_PROGRESS)),
           _("正在整改、此时已过时限的问题；暂停计时的不计。")),
    Figure("rectification_rate", _("整改率"), "", Share("problems_rectified", "problems_handed_over", "problems_found"),
           _("已整改占交办问题的比例，两位小数，四舍五入；没有交办时以发现问题为分母。")),
    Figure("fixed_on_the_spot", _("当场整改问题"), "个", Flow(("problem.fix_on_the_spot",)), _("督导组离开前就整改了的问题。")),
    Figure("sent_back", _("核验退回"), "次", Flow(("problem.send_back",)), _("报了整改、核验没有通过的次数。")),
    Figure("relapses", _("复发重开"), "次", Flow(("problem.relapse",)), _("销号以后又出现、重新打开的次数。")),
    Figure("over_enforcement", _("过度防控问题"), "个", _problems(COUNTED), _("发现问题中属于过度防控的。"),
           topic=f"{Class.OVER_ENFORCEMENT}:"),
    Figure("help_asked", _("求助事项"), "件", Flow(("help.ask",)), _("走访对象提出、需要协调的困难；不是问题。")),
    Figure("help_answered", _("已答复求助"), "件", Stock("help", frozenset({"answered"})), _("已经答复的求助事项。")),
)  # fmt: skip

CATALOGUE = {figure.key: figure for figure in FIGURES}


def dimensions_of(kind) -> tuple[str, ...]:
    """The dimensions along which different values are counted over events of this kind, so that one look counts all."""
    each = (figure.counts for figure in FIGURES if isinstance(figure.counts, Distinct))
    return tuple(counts.of for counts in each if counts.kind == kind)


SUMMARY = ("points_visited", "problems_handed_over", "problems_rectified", "problems_in_progress")  # the sentence
TABLE = (  # what a table by area, unit or group shows
    "inspections", "points_visited", "problems_found", "problems_handed_over", "problems_rectified",
    "problems_in_progress", "problems_closed", "rectification_rate",
)  # fmt: skip
