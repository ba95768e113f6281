"""/health/: for whoever keeps the system."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from duzhan.base.errors import BadInput
from duzhan.base.ledger.deliveries import TRIES
from duzhan.base.ui.paging import page_of
from duzhan.base.ui.spelling import span_text

from . import actions, queries, rules


@dataclass(frozen=True)
class Line:
    """One delivery that has failed: what of, how often, why, and whether it waits for somebody."""

    delivery: object
    subject: str
    handler: str
    is_given_up: bool


@login_required
@require_GET
def health(request):
    """系统状况: is the worker alive, does it keep up, what has failed and why."""
    rules.check_keeps_the_system(request.user)
    told = queries.health()
    page = page_of(queries.stuck(), ("-failures", "-pk"), request.GET)
    return render(request, "health/health.html", {
        "told": told,
        "beat": _ago(told.beat_at, told.at),
        "unsettled": _ago(told.unsettled_since, told.at),
        "waiting": _ago(told.waiting_since, told.at),
        "page": page,
        "lines": [_line(delivery) for delivery in page.rows],
        "tries": TRIES,
    })  # fmt: skip


def _ago(since, at):
    return _("%(span)s前") % {"span": span_text(at - since)} if since else ""


def _line(delivery):
    event = delivery.event
    return Line(
        delivery, f"{event.subject_kind} {event.subject_id}", delivery.handler.removeprefix("duzhan."),
        delivery.failures >= TRIES,
    )  # fmt: skip


@login_required
@require_POST
def retry(request):
    """再试: one that was given up (`delivery`), or all of them (`all`)."""
    one = request.POST.get("delivery", "")
    if one and not (one.isascii() and one.isdigit() and len(one) < 19):
        raise BadInput(_("送达的编号读不懂。"), field="delivery")
    if not one and request.POST.get("all") != "1":
        raise BadInput(_("没有写明再试哪一件。"), field="delivery")
    many = actions.try_again([int(one)] if one else None, by=request.user)
    messages.success(
        request, ngettext("%(many)s 件再试，后台随即去办。", "%(many)s 件再试，后台随即去办。", many) % {"many": many}
    )
    return redirect("health")
