"""Long lists a page at a time, by key: the next page begins after the last row shown, at any size equally fast."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.timezone import is_naive
from django.utils.translation import gettext as _

from duzhan.base.errors import BadInput

SIZES = (25, 50, 100)
UNFIT = re.compile(r"[\x00\ud800-\udfff]")  # no database takes these in a text
LARGEST = 2**63 - 1
YEARS = 1, 9999  # in these a zone leads out of all time


@dataclass(frozen=True)
class Page:
    """Some rows of a list, and where the pages beside them are ("" where there is none); for `ui/pager.html`."""

    rows: list
    next_url: str = ""
    previous_url: str = ""
    sizes: list = field(default_factory=list)

    @property
    def shown(self) -> int:
        return len(self.rows)


def page_of(rows, order, query, *, sizes=SIZES) -> Page:
    """The page of a queryset that an address asks for: `after` or `before` a row, and how many (`size`).

    `order` names columns of the model as in `order_by`; the last of them must tell any two rows apart. `query` is
    `request.GET`; what else it holds is kept in the addresses. Raises BadInput for an address that was altered.
    """
    size = _size(query, sizes)
    back = "before" in query and "after" not in query
    key = query.get("before" if back else "after", "")
    ordered = rows.order_by(*(_turned(order) if back else order))
    if key:
        ordered = ordered.filter(_beyond(rows.model, _turned(order) if back else order, key))
    found = list(ordered[: size + 1])
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    has_next, has_previous = (True, more) if back else (more, bool(key))
    return Page(
        found,
        _address(query, after=_key(found[-1], order)) if found and has_next else "",
        _address(query, before=_key(found[0], order)) if found and has_previous else "",
        [{"size": each, "url": _address(query, size=each), "is_current": each == size} for each in sizes],
    )


def _size(query, sizes):
    wanted = query.get("size", "")
    return int(wanted) if wanted in {str(size) for size in sizes} else sizes[0]


def _turned(order):
    return tuple(name[1:] if name.startswith("-") else f"-{name}" for name in order)


def _address(query, **more):
    kept = query.copy()
    for name in ("after", "before"):
        kept.pop(name, None)
    for name, value in more.items():
        kept[name] = str(value)
    return f"?{kept.urlencode()}"


def _key(row, order):
    values = (getattr(row, name.removeprefix("-")) for name in order)
    return json.dumps([each.isoformat() if isinstance(each, datetime) else each for each in values], ensure_ascii=False)


def _beyond(model, order, key):
    """The rows that come after this key: by the first column, or equal there and by the next, and so on."""
    names = [name.removeprefix("-") for name in order]
    values = _values(model, names, key)
    beyond, equal = Q(), Q()
    for name, ordered, value in zip(names, order, values, strict=True):
        lookup = "lt" if ordered.startswith("-") else "gt"
        beyond |= equal & Q(**{f"{name}__{lookup}": value})
        equal &= Q(**{name: value})
    first = "lte" if order[0].startswith("-") else "gte"
    return Q(**{f"{names[0]}__{first}": values[0]}) & beyond  # the bound alone, so that an index can be entered there


def _values(model, names, key):
    columns = [model._meta.pk if name == "pk" else model._meta.get_field(name) for name in names]
    return values_of(columns, told_in(key))


def told_in(key):
    """What an address tells of a row. Raises BadInput for one that was altered."""
    try:
        return json.loads(key)
    except (ValueError, RecursionError):
        raise unread() from None


def values_of(columns, told) -> list:
    """The values of a row's columns, as an address tells them. Raises BadInput for what no column can hold."""
    try:
        values = [column.to_python(value) for column, value in zip(columns, told, strict=True)]
    except (ValueError, TypeError, OverflowError, ValidationError):
        raise unread() from None
    if not all(map(_is_fit, values)):
        raise unread()
    return values


def _is_fit(value):
    if isinstance(value, str):
        return not UNFIT.search(value)
    if isinstance(value, datetime):
        return not is_naive(value) and YEARS[0] < value.year < YEARS[1]
    return value is not None and (not isinstance(value, int) or abs(value) <= LARGEST)


def unread() -> BadInput:
    return BadInput(_("翻页的位置读不懂，请从第一页看起。"), field="after")
