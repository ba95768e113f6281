"""求助: what is hard for those who were visited, and what was arranged."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from duzhan.base.clock.instants import now
from duzhan.base.errors import NotAllowed, NotFound, Refused
from duzhan.base.ui.counting import counted
from duzhan.base.ui.fields import add_refusal, posted
from duzhan.base.ui.paging import page_of

from .. import actions, queries, rules
from ..forms.paper import AnswerForm
from ..forms.sought import HelpsSought
from ..models import Help
from .current import operation_of
from .lines import told


@login_required
@require_GET
def help_list(request):
    """The calls for help of the current operation, the newest first; those that wait stand in a tab."""
    operation = operation_of(request)
    sought = HelpsSought(operation, request.GET)
    rows = queries.helps_visible_to(request.user).filter(sought.where(), operation=operation)
    counts = counted({"": rows} | {str(stage): rows.filter(stage=stage) for stage in Help.Stage})
    stage = sought.cleaned_data["stage"]
    page = page_of(rows.filter(stage=stage) if stage else rows, ("-pk",), request.GET)
    return render(request, "inspections/helps.html", {
        "page": page,
        "sought": sought,
        "tags": sought.tags(request.GET),
        "tabs": sought.tabs(request.GET, counts),
        "at": now(),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def help_(request, pk):
    """One call for help, and its answer."""
    shown = (
        queries.helps_visible_to(request.user).select_related("visit__visited_by", "answered_by").filter(pk=pk).first()
    )
    if shown is None:
        raise NotFound()
    asked = AnswerForm(posted(request))
    if request.method == "POST" and asked.is_valid():
        try:
            actions.answer_help(
                shown, by=request.user, answer=asked.cleaned_data["answer"],
                request_key=asked.cleaned_data["request_key"],
            )  # fmt: skip
        except NotAllowed:
            raise
        except Refused as refused:
            add_refusal(asked, refused)
        else:
            messages.success(request, _("已答复，记在这次走访名下。"))
            return redirect("help", shown.pk)
    context = {
        "help": shown, "form": asked, "story": told([shown]), "at": now(),
        "may_answer": rules.may_answer(request.user, shown, now()),
    }  # fmt: skip
    return render(request, "inspections/help.html", context, status=400 if asked.errors else 200)
