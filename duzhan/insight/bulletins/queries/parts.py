"""所指: which part of our operation a scope in a text names: one of its areas, a responsible unit, a group."""

import re
from dataclasses import dataclass

from django.db.models import Q

from duzhan.base.ledger.queries import Slice
from duzhan.operations.queries import above
from duzhan.people.models import Body, Group
from duzhan.places.models import Area

SUFFIXES = ("街道", "镇", "乡", "区", "县", "市", "旗")
# Who supervises speaks for all that is supervised: 渝北区纪委监委's points and problems are the district's.
SUPERVISING = (Body.Kind.OFFICE, Body.Kind.COMMISSION, Body.Kind.STATIONED)
SHORTEST = 3  # signs of a name that says whom
# 渝北区教育局 speaks of its own field, 渝北区纪委监委 of the whole district.
DEPARTMENT = re.compile(r"(?:局|(?<![纪监工区市县州省旗])委|部门|院|校|公司|集团)$")


@dataclass(frozen=True)
class Part:
    """A part of the operation: what it is called, how it is counted, and how an address of figures asks for it."""

    name: str
    slice: Slice
    asked: tuple = ()  # (("unit", 7),); nothing for the whole operation

    @property
    def is_ours(self):
        """Whether it is one of our own groups, which nobody reports on but we."""
        return "group" in dict(self.asked)


def bodies_of(operation):
    """Whose texts come in: offices, departments and streets in the operation's area and around it; not single shops."""
    near = Q(area__startswith=operation.area_path) | Q(area__in=["", *above(operation.area_path)])
    return Body.objects.filter(near).exclude(kind__in=(Body.Kind.FACILITY, Body.Kind.COMMUNITY)).order_by("area", "pk")


class Parts:
    """The parts of one bulletin's operation, as far as its reader sees them (`own`)."""

    def __init__(self, bulletin, own):
        operation = bulletin.operation
        self.known: dict[str, Part | None] = {}
        self.bulletin, self.own, self.whole = bulletin, own, operation.area
        self.areas = list(Area.objects.filter(path__startswith=operation.area_path).exclude(path=operation.area_path))
        mending = bodies_of(operation).exclude(kind__in=SUPERVISING)
        places = {area.name for area in (self.whole, *self.areas)}
        self.called = [  # an area first where a body is called as its area is
            *((name, area) for area in self.areas for name in _names_of_area(area)),
            *((name, body) for body in mending for name in self._names_of_body(body) - places),
            *((group.name, group) for group in Group.objects.filter(operation=operation.pk).order_by("pk")),
        ]

    def of(self, figure) -> Part | None:
        """The part whose name stands in the figure's scope, the longest name first; None for another body or place."""
        scope = _shortened(figure["scope"] or "")
        if scope not in self.known:
            self.known[scope] = self._named(scope)
        return self.known[scope]

    def _named(self, scope):
        named = [(name, row) for name, row in self.called if self._says(scope, name, row)]
        row = max(named, key=lambda each: len(each[0]))[1] if named else None
        speaker = self._speaker(scope)
        if isinstance(row, Area | None) and DEPARTMENT.search(scope) and not speaker:
            return None  # a department that we do not know
        if row or speaker:
            return self._part(row or speaker)
        if self.bulletin.is_ours or not scope or _is_named(self.whole, scope) or scope[:1] in "全本我各":
            return self._whole()
        return None

    def _speaker(self, scope):
        """The area or department that speaks of itself; None where the text is ours or speaks for the whole."""
        body = self.bulletin.body
        own = _shortened(body.name) if body else ""
        if self.bulletin.is_ours or not body or scope not in own and own not in scope:
            return None
        area = next((area for area in self.areas if area.path == body.area), None)
        return area or (body if body.kind == Body.Kind.DEPARTMENT else None)

    def _says(self, scope, name, row):
        if isinstance(row, Area) and name != row.name:
            return scope.startswith(name)  # 渝北 alone is no more than the beginning of a scope
        return name in scope

    def _names_of_body(self, body):
        own = _shortened(body.name)
        names = {own, own.removeprefix(self.whole.name), _shortened(body.short_name)}
        return {name for name in names if len(name) >= SHORTEST}

    def _part(self, row):
        """None where the reader sees nothing of it: our figures would be wrong for them."""
        if isinstance(row, Area):
            seen = self.own.below(row.path)
            return Part(row.name, self.own.narrowed(area=row.path), (("area", row.code),)) if seen else None
        if isinstance(row, Group):
            return Part(row.name, self.own.narrowed(group=row.pk), (("group", row.pk),))
        seen = self.own.units is None or row.pk in self.own.units
        return Part(str(row), self.own.narrowed(unit=row.pk), (("unit", row.pk),)) if seen else None

    def _whole(self):
        return Part(self.whole.name, self.own)


def _names_of_area(area):
    short = next((area.name.removesuffix(end) for end in SUFFIXES if area.name.endswith(end)), area.name)
    return {area.name, short} if len(short) > 1 else {area.name}


def _is_named(area, scope):
    """Whether a scope (渝北区, 渝北) names an area (渝北区)."""
    return area.name in scope or any(scope.startswith(name) for name in _names_of_area(area))


def _shortened(name):
    """卫生健康委员会 and 卫生健康委 are one."""
    return name.replace("委员会", "委")
