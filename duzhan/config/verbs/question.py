"""What is asked for on the command line: which operation, which part of it, as of when."""

from django.utils.translation import gettext as _

from duzhan.base.clock.instants import parse_instant
from duzhan.base.errors import NotFound
from duzhan.base.ledger.queries import ALL
from duzhan.operations.models import Operation
from duzhan.operations.queries import operation_named
from duzhan.places.queries import area_named


def asked_operation(code):
    """The operation with this code. Raises NotFound naming those that there are."""
    try:
        return operation_named(code)
    except NotFound:
        known = "、".join(Operation.objects.order_by("code").values_list("code", flat=True)) or "—"
        sentence = _("没有代号为 %(code)s 的行动；有：%(known)s。") % {"code": code[:40], "known": known}
        raise NotFound(sentence, field="operation") from None


def asked_area(operation, text):
    return area_named(text, under=operation.area_path) if text is not None else None


def asked_slice(area):
    return ALL.narrowed(area=area.path) if area else ALL


def asked_instants(operation, asked):
    typed = {"as_of": asked.as_of, "known_at": asked.known_at}
    return {name: parse_instant(text, operation.tz) if text is not None else None for name, text in typed.items()}
