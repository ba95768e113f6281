"""Every move of a problem is a page with a form: one view for all of them, built from the table."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget

from duzhan.base.clock.instants import now
from duzhan.base.errors import CannotMove, NotFound, Refused
from duzhan.base.ledger.models import Event

from .. import actions, flow, queries
from ..forms.moves import MoveForm
from .next import after_it, says_of
from .problem import page_context, who_was_faster
from .rows import row_of, stage_word

WARNINGS = {  # what cannot be taken back says so beforehand
    "close": gettext_lazy("销号后计入已销号；复发须重新打开。"),
    "merge": gettext_lazy("合并后不再单独计数，编号保留。"),
    "withdraw": gettext_lazy("撤销后不再计数，编号保留、不再使用。"),
}


@login_required
@require_http_methods(["GET", "POST"])
def move(request, number, name):
    """GET shows the form of a move that is open to this person, POST carries it out."""
    step, found = flow.MOVES.get(name), queries.problem_for(request.user, number)
    if step is None:
        raise NotFound()
    if request.method == "POST":
        return _carry_out(request, step, found)
    flow.check(step, request.user, found)
    form = MoveForm(step, found, request.user, initial={"next": request.GET.get("next", "")})
    return _ask(request, step, found, form)


def _carry_out(request, step, found):
    if _was_answered(request, found):
        return _done(request, step, found)
    try:
        flow.check(step, request.user, found)
    except Refused as refused:
        # Whoever may not do it has no files taken in; what was typed stays in sight.
        return _refused(request, step, found, MoveForm(step, found, request.user, request.POST), refused, alone=True)
    form = MoveForm(step, found, request.user, request.POST, request.FILES)
    if not form.is_valid():
        return _ask(request, step, found, form, 400)
    try:
        said = {"by": request.user, "request_key": form.cleaned_data["request_key"], **form.said}
        return _done(request, step, getattr(actions, step.name)(found, **said))
    except Refused as refused:
        return _refused(request, step, found, form, refused)


def _was_answered(request, found):
    """Was this very request carried out before? The second click of a double click brings the same key."""
    try:
        key = UUID(request.POST.get("request_key", ""))
    except ValueError:
        return False
    return Event.objects.filter(
        pk=key, actor=request.user.pk, subject_kind=found.subject_kind, subject_id=found.pk
    ).exists()


def _done(request, step, moved):
    messages.success(request, _told(step, moved))
    found = queries.visible_to(request.user).filter(pk=moved.pk).first()
    onward = after_it(request, request.POST.get("next", ""))
    if found is None or onward:
        onward = onward or reverse("problem-list")
        return HttpResponseClientRedirect(onward) if request.htmx else redirect(onward)
    if request.htmx:
        answer = render(request, "problems/moved.html", page_context(request, found))
        return reswap(retarget(answer, "#problem"), "outerHTML")
    return redirect("problem", found.pk)


def _told(step, moved):
    """What the page says afterwards: YB-0017 已签收。"""
    if step.end:
        return _("%(number)s %(stage)s。") % {"number": moved.number, "stage": stage_word(moved)}
    return _("%(number)s：%(move)s，已记入台账。") % {"number": moved.number, "move": step.label}


def _refused(request, step, found, form, refused, *, alone=False):
    """The form again, with the refusal at its place; where somebody was faster, who and when."""
    form.full_clean()
    if alone:
        form.errors.clear()
    if isinstance(refused, CannotMove) and "stage" in refused.details:
        found = queries.problem_for(request.user, found.pk)
        refused.message = f"{refused.message}{who_was_faster(found)}"
    form.refuse(refused)
    return _ask(request, step, found, form, refused.status)


def _ask(request, step, found, form, status=200):
    context = {
        "move": step,
        "form": form,
        "problem": found,
        "operation": found.operation,
        "row": row_of(found, now(), reverse("problem", args=[found.pk])),
        "says": says_of(status),
        "warning": WARNINGS.get(step.name, ""),
        "back": after_it(request, form["next"].value()) or reverse("problem", args=[found.pk]),
    }
    if request.htmx:
        return retarget(render(request, "problems/move.html#form", context, status=status), "#moves")
    return render(request, "problems/move.html", context, status=status)
