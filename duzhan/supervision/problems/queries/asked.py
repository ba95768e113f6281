"""What the ledger is asked for, read from an address: the filters in force and the order."""

import re
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duzhan.base.clock.instants import now
from duzhan.base.errors import BadInput
from duzhan.people.models import Body, Group
from duzhan.places.models import Area
from duzhan.places.queries import area_with_code

from ..flow import COUNTED, Stage
from .orders import LEFT_STAGES, ORDERS
from .seen import due_today, overdue
from .words import Words

LEFT = "left"  # merged and withdrawn: they have left the count and stand in a tab of their own


@dataclass(frozen=True)
class Chosen:
    """One filter in force: its name and value in the address, what its tag says, and the condition it sets."""

    name: str
    value: str
    heading: str
    word: str
    where: Q
    found_by: str = "looking"  # how rows meet it: by an "index", by "words", by "looking" at each
    words: Words | None = None
    area: Area | None = None  # which is asked for together with what a person may see (`listed_for`)

    @property
    def label(self) -> str:
        return _("%(heading)s：%(word)s") % {"heading": self.heading, "word": self.word}


@dataclass(frozen=True)
class Asked:
    """What the ledger of an operation is asked for, as it stands in an address."""

    chosen: tuple[Chosen, ...] = ()
    sort: str = "deadline"
    within: frozenset = frozenset(COUNTED)  # the stages, where no filter names one

    def where(self, *leave_out, found_by=("index", "looking")) -> Q:
        """The conditions of the filters but for words and area, without some of them; nobody asks for what has left the
        count by chance."""
        found = Q() if "stage" in leave_out or "stage" in self else Q(stage__in=self.within)
        for one in self.chosen:
            if one.name not in leave_out and one.found_by in found_by:
                found &= one.where
        return found

    @property
    def words(self) -> Words | None:
        """The letters that are looked for."""
        return next((one.words for one in self.chosen if one.words), None)

    @property
    def area(self) -> Area | None:
        """The area asked for, as `listed_for` takes it."""
        return next((one.area for one in self.chosen if one.area), None)

    @property
    def stages(self) -> frozenset:
        """The stages that can be among the answers."""
        stage = self["stage"]
        return LEFT_STAGES if stage == LEFT else frozenset([Stage(stage)]) if stage else self.within

    @property
    def address(self) -> dict:
        """The filters and the order as they stand in an address."""
        sort = {"sort": self.sort} if self.sort != "deadline" else {}
        return {one.name: one.value for one in self.chosen} | sort

    def __contains__(self, name):
        return any(one.name == name for one in self.chosen)

    def __getitem__(self, name) -> str:
        return next((one.value for one in self.chosen if one.name == name), "")


def asked_for(address, person, operation, at=None) -> Asked:
    """Read a ledger's address (`request.GET`). Raises BadInput naming the filter that cannot be read."""
    at = at or now()
    given = {name: address.get(name, "").strip() for name in FILTERS}
    chosen = [FILTERS[name](name, value, person, operation, at) for name, value in given.items() if value]
    sort = address.get("sort") or "deadline"
    if sort not in ORDERS:
        raise BadInput(_("没有“%(sort)s”这种排序。") % {"sort": sort[:40]}, field="sort")
    return Asked(tuple(chosen), sort)


def _one_of(choices, heading):
    """A filter whose values are codes: {code: (word, condition)}, made for each reading."""

    def read(name, value, person, operation, at):
        known = choices(person, operation, at)
        if value not in known:
            raise _not_on_the_list(name, heading, value)
        word, where = known[value]
        return Chosen(name, value, str(heading), str(word), where)

    return read


def _one_row(row_of, heading):
    """A filter whose value names a row: `row_of(operation, value)` gives it, or None."""

    def read(name, value, person, operation, at):
        row = row_of(operation, value)
        if row is None:
            raise _not_on_the_list(name, heading, value)
        area, where = (row, Q()) if name == "area" else (None, Q(**{name: row}))
        return Chosen(name, value, str(heading), str(row), where, "index", area=area)

    return read


def _area(operation, code):
    return area_with_code(code, under=operation.area_path)


def _unit(operation, number):
    return _numbered(Body.objects.all(), number)


def _group(operation, number):
    return _numbered(Group.objects.filter(operation=operation.pk), number)


def _numbered(rows, number):
    is_number = number.isascii() and number.isdigit() and len(number) < 19
    return rows.filter(pk=number).first() if is_number else None


def _not_on_the_list(name, heading, value):
    told = {"heading": heading, "value": value[:40]}
    return BadInput(_("筛选“%(heading)s”没有“%(value)s”这一项。") % told, field=name)


def _terms(vocabulary, column):
    def choices(person, operation, at):
        terms = getattr(operation.words, vocabulary).items()
        return {code: (term.label, Q(**{column: code})) for code, term in terms}

    return choices


def _stages(person, operation, at):
    each = {str(stage): (stage.label, Q(stage=stage)) for stage in COUNTED}
    return each | {LEFT: (_("已合并、撤销"), Q(stage__in=LEFT_STAGES))}


def _due(person, operation, at):
    return {"overdue": (_("超期"), overdue(at)), "today": (_("今晚到期"), due_today(operation, at))}


def _mine(person, operation, at):
    return {"found": (_("我发现的"), Q(found_by=person))}


def _text(name, value, person, operation, at):
    """Words in the title, the facts or the point's name, or a number as people say it: YB-0017, 17."""
    if "\x00" in value or len(value) > 100:
        raise BadInput(_("查找的字不能超过 100 个。"), field=name)
    words = Words(value, number_in(value, operation))
    return Chosen(name, value, str(_("查找")), value, Q(), "words", words=words)


def number_in(text, operation) -> int | None:
    """The number that somebody means by `YB-0017`, `yb17` or `17`; None where it is no number."""
    found = re.fullmatch(
        rf"(?:{re.escape(operation.prefix)}-?)?0*([1-9]\d{{0,17}})", text.strip(), re.IGNORECASE | re.ASCII
    )
    return int(found[1]) if found else None


FILTERS = {
    "stage": _one_of(_stages, gettext_lazy("阶段")),
    "due": _one_of(_due, gettext_lazy("时限")),
    "mine": _one_of(_mine, gettext_lazy("经手")),
    "area": _one_row(_area, gettext_lazy("区域")),
    "unit": _one_row(_unit, gettext_lazy("责任单位")),
    "group": _one_row(_group, gettext_lazy("督导组")),
    "field": _one_of(_terms("fields", "field"), gettext_lazy("领域")),
    "klass": _one_of(_terms("classes", "klass"), gettext_lazy("性质")),
    "cause": _one_of(_terms("causes", "cause"), gettext_lazy("成因")),
    "kind": _one_of(_terms("place_kinds", "place_kind"), gettext_lazy("点位类别")),
    "q": _text,
}
