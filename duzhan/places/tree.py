"""Where new areas stand in the tree: each gets the path after its youngest sibling's."""

from collections import Counter

from django.db.models import F, Max
from django.utils.translation import gettext as _
from treebeard.numconv import NumConv

from duzhan.base.errors import BadInput

from .models import Area

STEPS = NumConv(Area.alphabet)
LONGEST = Area._meta.get_field("path").max_length


class Growth:
    """Areas that are being added, one or many: `place` each, record them, then `count` the children."""

    def __init__(self):
        self.last = {}  # path of the parent ("" of none) -> number of its youngest child
        self.new = Counter()  # path of a parent that stood there before -> children added

    def place(self, area, parent=None):
        """Give an area its path. Raises BadInput where the tree is full."""
        above, depth = (parent.path, parent.depth) if parent else ("", 0)
        if above not in self.last:
            self.last[above] = _youngest(parent, above, depth)
        self.last[above] += 1
        step = STEPS.int2str(self.last[above]).rjust(Area.steplen, Area.alphabet[0])
        area.path, area.depth = above + step, depth + 1
        if len(step) > Area.steplen or len(area.path) > LONGEST:
            raise BadInput(_("“%(area)s”的上级下面放不下更多区域。") % {"area": area}, field="parent")
        if parent:
            self.new[above] += parent.pk is not None
            parent.numchild += 1

    def count(self):
        """Let the parents that stood there before know of their new children."""
        for path, number in sorted(self.new.items()):
            Area.objects.filter(path=path).update(numchild=F("numchild") + number)


def _youngest(parent, above, depth) -> int:
    """The number of the youngest child; its parent is locked, so that nobody else adds one meanwhile."""
    if parent and parent.pk is None:
        return 0
    if parent:
        Area.objects.select_for_update().get(pk=parent.pk)
    children = Area.objects.filter(path__startswith=above, depth=depth + 1)
    last = children.aggregate(last=Max("path"))["last"]
    return STEPS.str2int(last[-Area.steplen :]) if last else 0
