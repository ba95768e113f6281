"""What lower bodies say of themselves, filed as it was said (M113).

file_self_report(operation, body, {"problems_found": "310余", "inspections": 1200}, by=person)
"""

from django.utils.translation import gettext as _

from duzhan.base.clock.instants import now as clock_now
from duzhan.base.errors import BadInput
from duzhan.base.ledger.actions import once, record

from .. import amounts, rules
from ..models import SelfReport
from ..queries.self_reports import KEYS


@once
def file_self_report(
    operation, body, figures: dict, *, by, as_of=None, said_at=None, at=None, request_key=None, via="web"
) -> SelfReport:
    """报送自报数: {key of the catalogue: 310 or "310余"}, as of an instant (None: now). Raises BadInput for what is no number."""
    rules.check_may_file(by, body, operation, at)
    instant = at or clock_now()
    as_of = as_of or instant
    if as_of > instant:
        raise BadInput(_("自报数的截至时刻在将来。"), field="as_of")
    said = SelfReport(
        operation=operation, body=body, as_of=as_of, figures=_read(figures), said_at=said_at or instant, filed_by=by
    )
    record(said, "self_report.file", by=by, at=at, request_key=request_key, via=via)
    return said


def _read(figures):
    if not figures:
        raise BadInput(_("没有填任何数。"), field="figures")
    for key in figures:
        if key not in KEYS:
            raise BadInput(_("自报数里没有“%(key)s”这一项。") % {"key": str(key)[:40]}, field="figures")
    return {key: amounts.read(said, field=key).as_json() for key, said in figures.items()}
