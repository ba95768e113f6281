"""What is done at a meeting: begun, heard, decided, adjourned; a decision is written where it is heard."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from duzhan.base.clock.instants import now
from duzhan.base.errors import BadInput, NotFound, Refused
from duzhan.people.models import Group

from ...actions import meetings as actions
from ...forms import ASKS, DecisionForm, WordsForm
from ...queries import agenda as agendas
from .shown import begin_form, meeting_for, show, spoken_text


def _operation(request):
    if request.operation is None:
        raise NotFound()
    return request.operation


@login_required
@require_POST
def begin(request):
    """开会: tonight's meeting is opened, and entered first where nobody has."""
    operation, at = _operation(request), now()
    form = begin_form(operation, at, request.POST)
    day = agendas.today(operation, at)
    if not form.is_valid():
        return show(request, operation, day, agendas.meeting_on(operation, day), at, begin=form, status=400)
    with transaction.atomic():
        meeting = actions.plan(operation, day, by=request.user)
        actions.begin(meeting, by=request.user, request_key=form.cleaned_data["request_key"], **form.said)
    return redirect("meeting-detail", meeting.pk)


@login_required
@require_POST
def report_in(request, group):
    """报到: a group's words for tonight."""
    operation, at = _operation(request), now()
    group = Group.objects.filter(operation=operation.pk, pk=group).first()
    if group is None:
        raise NotFound()
    form = WordsForm(request.POST)
    day = agendas.today(operation, at)
    if not form.is_valid():
        return show(request, operation, day, agendas.meeting_on(operation, day), at, words=form, status=400)
    with transaction.atomic():
        meeting = actions.plan(operation, day, by=request.user)
        actions.report_in(meeting, group, by=request.user, request_key=form.cleaned_data["request_key"], **form.said)
    messages.success(request, _("%(group)s已报到。") % {"group": group})
    return redirect(f"{reverse('meeting-detail', args=[meeting.pk])}?group={group.pk}")


def _called(request, pk, group):
    meeting = meeting_for(request.user, pk)
    found = Group.objects.filter(operation=meeting.operation_id, pk=group).first()
    if found is None:
        raise NotFound()
    return meeting, found


@login_required
@require_POST
def hear(request, pk, group):
    """请汇报."""
    meeting, found = _called(request, pk, group)
    actions.hear(meeting, found, by=request.user)
    return redirect("meeting-detail", pk)


@login_required
@require_POST
def heard(request, pk, group):
    """汇报完: and on to the next."""
    meeting, found = _called(request, pk, group)
    actions.heard(meeting, found, by=request.user)
    return redirect("meeting-detail", pk)


@login_required
@require_GET
def spoken(request, pk, group):
    """How long a group has spoken, asked again every few seconds by the open page."""
    meeting = meeting_for(request.user, pk)
    hearing = meeting.hearings.filter(group=group).first()
    if hearing is None:
        raise NotFound()
    return HttpResponse(spoken_text(hearing, now()), content_type="text/plain; charset=utf-8")


@login_required
@require_POST
def decide(request, pk):
    """记下决定: it starts at once; 交办并记下一项 stays at the form."""
    meeting, at = meeting_for(request.user, pk), now()
    kind = request.POST.get("kind", "")
    if kind not in ASKS:
        raise BadInput(_("没有这种决定。"), field="kind")
    form = DecisionForm(kind, meeting, request.user, request.POST)
    try:
        if form.is_valid():
            group = meeting.hearings.filter(group=form.cleaned_data["group"]).first()
            actions.decide(meeting, kind, by=request.user, group=group and group.group, **form.said)
            return _after_decision(request, meeting, group)
    except Refused as refused:
        form.refuse(refused)
    return show(request, meeting.operation, meeting.day, meeting, at, form=form, status=400)


def _after_decision(request, meeting, hearing):
    messages.success(request, _("已记下，并已开始办理。"))
    address = reverse("meeting-detail", args=[meeting.pk])
    stay = "#decide" if "next" in request.POST else ""
    return redirect(f"{address}?group={hearing.group_id}{stay}" if hearing else f"{address}{stay}")


@login_required
@require_POST
def adjourn(request, pk):
    """散会: and to the minutes."""
    meeting = meeting_for(request.user, pk)
    actions.adjourn(meeting, by=request.user)
    return redirect("meeting-minutes", pk)
