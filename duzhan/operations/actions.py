"""Everything that changes an operation: switching it on, setting its focuses, standing it down."""

from datetime import time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.utils.translation import gettext as _

from duzhan.base.clock.instants import now
from duzhan.base.errors import BadInput, CannotMove
from duzhan.base.ledger.actions import Fact, locked, record, record_many

from . import pack
from .models import Focus, Operation


@transaction.atomic
def start(
    code, name, *, prefix, area, office, by=None, words="epidemic", zone="Asia/Shanghai", level="",
    started_at=None, cut_off=time(18), keeps_conduct=False, is_demo=False,
) -> Operation:  # fmt: skip
    """启动: switch an operation on, to the minute (M19). Raises BadInput for a code in use, an unknown pack or zone."""
    if Operation.objects.filter(code=code).exists():
        raise BadInput(_("代号 %(code)s 已被使用。") % {"code": code}, field="code")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise BadInput(_("没有这个时区：%(zone)s。") % {"zone": zone}, field="zone") from None
    pack.load(words)
    started_at = started_at or now()
    operation = Operation(
        code=code, name=name, prefix=prefix, pack=words, area=area, area_path=area.path, office=office, zone=zone,
        level=level, started_at=started_at, cut_off=cut_off, keeps_conduct=keeps_conduct, is_demo=is_demo,
    )  # fmt: skip
    record(operation, "operation.start", by=by, at=started_at, now=Operation.Stage.RUNNING)
    return operation


@transaction.atomic
def end(operation, *, by, at=None) -> Operation:
    """结束: stand an operation down."""
    operation = locked(operation)
    if operation.stage != Operation.Stage.RUNNING:
        raise CannotMove(_("%(operation)s已经结束。") % {"operation": operation})
    operation.stage, operation.ended_at = Operation.Stage.ENDED, at or now()
    record(operation, "operation.end", by=by, at=at, was="running", now="ended")
    return operation


@transaction.atomic
def set_focuses(operation, names, *, by, starts_at=None, ends_at=None, reason="") -> list[Focus]:
    """定重点: add focuses from an instant on (M24). A name that is a code of the pack takes its words from there."""
    starts_at = starts_at or now()
    known = operation.words.focuses
    focuses = []
    for name in names:
        if not name.strip():
            raise BadInput(_("重点不能为空。"), field="focus")
        term = known.get(name)
        focuses.append(
            Focus(
                operation=operation,
                code=term.code if term else "",
                name=term.zh if term else name.strip(),
                reason=reason,
                starts_at=starts_at,
                ends_at=ends_at,
            )  # fmt: skip
        )
    record_many([Fact(focus, "focus.set") for focus in focuses], by=by)
    return focuses


@transaction.atomic
def drop_focus(focus, *, by, at=None) -> Focus:
    """撤重点: a focus is no longer looked at from an instant on."""
    focus = locked(focus)
    focus.ends_at = max(at or now(), focus.starts_at)
    record(focus, "focus.drop", by=by)
    return focus
