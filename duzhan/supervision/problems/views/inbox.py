"""收件箱: what a responsible unit has to do, the most urgent first. Read on a phone."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from duzhan.base.clock.instants import now
from duzhan.base.errors import BadInput, Refused
from duzhan.base.ui.counting import counted
from duzhan.people.models import Role

from .. import queries
from ..flow import ACCEPT, IN_PROGRESS, REPORT_RECTIFIED, Stage
from ..forms.moves import BulkForm
from .ledger import carry_out_many, chosen_problems
from .problem import move_url
from .rows import row_of


@dataclass(frozen=True)
class Tray:
    """One tab of the inbox: the stages in it, of those the ones that were sent back or not, and its moves."""

    name: str
    label: str
    stages: frozenset
    empty: str
    sent_back: bool | None = None

    @property
    def where(self) -> Q:
        found = Q(stage__in=self.stages)
        return found if self.sent_back is None else found & Q(is_sent_back=self.sent_back)


NEW = frozenset({Stage.HANDED_OVER})
TRAYS = {
    tray.name: tray
    for tray in (
        Tray("todo", gettext_lazy("要办的"), frozenset(IN_PROGRESS), gettext_lazy("现在没有要办的问题。")),
        Tray("new", gettext_lazy("待签收"), NEW, gettext_lazy("没有待签收的问题。"), sent_back=False),
        Tray("work", gettext_lazy("整改中"), frozenset({Stage.ACCEPTED}), gettext_lazy("没有正在整改的问题。")),
        Tray("back", gettext_lazy("已退回"), NEW, gettext_lazy("没有退回的问题。"), sent_back=True),
        Tray("wait", gettext_lazy("待核验"), frozenset({Stage.RECTIFIED}), gettext_lazy("没有等待核验的问题。")),
        Tray("done", gettext_lazy("已销号"), frozenset({Stage.CLOSED}), gettext_lazy("还没有销号的问题。")),
    )
}
MOVES = {Stage.HANDED_OVER: (ACCEPT, REPORT_RECTIFIED), Stage.ACCEPTED: (REPORT_RECTIFIED,)}


@login_required
@require_GET
def inbox(request):
    """What has been handed over to the person's bodies, in every operation."""
    return _shown(request, request.GET.get("tray", ""))


@login_required
@require_http_methods(["POST"])
def inbox_accept(request):
    """签收 everything that was on the page, at once: all of them or none."""
    problems = chosen_problems(request)
    form = BulkForm(ACCEPT, problems, request.user, request.POST)
    try:
        if not form.is_valid():
            raise BadInput(" ".join(sentence for each in form.errors.values() for sentence in each))
        carry_out_many(request, ACCEPT, problems, form)
    except Refused as refused:
        messages.error(request, str(refused.message))
        return _shown(request, "new", refused.status)
    messages.success(request, _("已签收 %(many)s 件。") % {"many": len(problems)})
    return redirect(f"{reverse('inbox')}?tray=work")


def _shown(request, name, status=200):
    at, bodies = now(), bodies_of(request.user)
    mine = queries.visible_to(request.user, at).filter(unit__in=bodies)
    parts = {each: mine.filter(tray.where) for each, tray in TRAYS.items()}
    counts = counted({"late": mine.filter(queries.overdue(at)), **parts})
    tray = TRAYS.get(name or "todo")
    if tray is None:
        raise BadInput(_("收件箱没有“%(name)s”这一栏。") % {"name": name[:20]}, field="tray")
    page = queries.page_of(mine.filter(tray.where), queries.Asked(within=tray.stages), request.GET)
    cards = [
        (row_of(problem, at, reverse("problem", args=[problem.pk])), _buttons(problem, tray)) for problem in page.rows
    ]
    context = {
        "bodies": sorted({str(post.body) for post in request.user.hats(at) if post.body_id in bodies}),
        "tray": tray,
        "tray_total": counts[tray.name],
        "tabs": [_tab(each, counts, each is tray) for each in TRAYS.values()],
        "counts": counts,
        "page": page,
        "cards": cards,
        "accept_form": BulkForm(ACCEPT, page.rows, request.user) if tray.name == "new" and len(cards) > 1 else None,
    }
    return render(request, "problems/inbox.html", context, status=status)


def bodies_of(person) -> set:
    """The bodies that this person stands for."""
    return {post.body_id for post in person.hats() if post.role == Role.UNIT}


def _tab(tray, counts, is_current):
    return {
        "label": tray.label, "count": counts[tray.name], "is_current": is_current, "late": bool(tray.sent_back),
        "url": f"?{urlencode({'tray': tray.name})}",
    }  # fmt: skip


def _buttons(problem, tray):
    """The moves that a card offers: 签收 is done at once, what needs words opens its form; both lead back here."""
    here = f"{reverse('inbox')}?{urlencode({'tray': tray.name})}"
    return [
        {"label": move.label, "url": move_url(problem, move), "key": uuid4(), "next": here}
        if move is ACCEPT
        else {"label": move.label, "url": f"{move_url(problem, move)}?{urlencode({'next': here})}"}
        for move in MOVES.get(problem.stage, ())
    ]
