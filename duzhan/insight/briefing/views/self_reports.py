"""下级自报: what lower bodies say of themselves, listed, filed and added up beside our own numbers (M113)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from duzhan.base.clock.instants import now
from duzhan.base.errors import NotAllowed, Refused
from duzhan.base.ledger.queries import ALL
from duzhan.base.ui.paging import page_of
from duzhan.operations.queries import slice_for
from duzhan.people.models import Body

from .. import rules
from ..actions.self_reports import file_self_report
from ..forms import SelfReportForm, bodies_of
from ..queries.self_reports import KEYS
from ..queries.sheets import label_of


def _bodies(person, operation):
    """For whom this person may file: the office for anybody below it, others for their own bodies."""
    bodies = bodies_of(operation)
    if rules.OFFICE(person, operation):
        return bodies
    return bodies.filter(pk__in=[post.body_id for post in person.hats() if post.operation in (None, operation.pk)])


def _cells(said):
    """Each number with what it counts, as it was said."""
    return [(label_of(key), said.figures.get(key, {}).get("text", "—")) for key in KEYS]


@login_required
@require_GET
def self_report_list(request):
    """What has been filed in the current operation, the newest first."""
    operation = request.operation
    if operation is None:
        return render(request, "briefing/none.html", {"title": _("下级自报")})
    rows = operation.self_reports.select_related("body", "filed_by")
    if slice_for(request.user, operation) != ALL:
        rows = rows.filter(Q(body__in=_bodies(request.user, operation)))
    page = page_of(rows, ("-as_of", "-pk"), request.GET)
    context = {
        "page": page,
        "heads": [label_of(key) for key in KEYS],
        "rows": [{"said": said, "cells": _cells(said)} for said in page.rows],
        "operation": operation,
        "may_file": _bodies(request.user, operation).exists(),
    }
    return render(request, "briefing/self_reports.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request):
    """报送自报数: the numbers as they were said."""
    operation = request.operation
    bodies = _bodies(request.user, operation) if operation else Body.objects.none()
    if not bodies.exists():
        raise NotAllowed(_("自报数由下级机构人员或督导办登记。"))
    labels = {key: label_of(key) for key in KEYS}
    form = SelfReportForm(operation, bodies, labels, request.POST or None, initial={"as_of": now()})
    try:
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            file_self_report(
                operation, said["body"], form.figures, by=request.user, as_of=said["as_of"],
                request_key=said["request_key"],
            )  # fmt: skip
            messages.success(request, _("已登记%(body)s的自报数。") % {"body": said["body"]})
            return redirect("self-report-list")
    except Refused as refused:
        form.refuse(refused)
    return render(request, "briefing/self_report.html", {"form": form}, status=400 if form.errors else 200)
