"""One problem: the time left and the next move, where it stands, facts, evidence, story, and what proves it."""

import json
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from duzhan.base.clock.instants import now
from duzhan.base.errors import BadInput, NotAllowed, NotFound, Refused
from duzhan.base.ledger.packet import packet
from duzhan.base.ui.spelling import short_instant
from duzhan.base.ui.templatetags.ui import page_url
from duzhan.base.uploads.queries import about
from duzhan.operations.queries import READERS
from duzhan.people.models import Post, Role, running
from duzhan.places.models import Point

from .. import actions, flow, queries
from ..flow import Stage
from ..forms.new import ProblemForm
from .ledger import addresses, may_find
from .rows import STEPS, clock_of, row_of, stage_word
from .story import keeping_of, read_story

MOST_SIMILAR = 5
MOST_NAMED = 3
LIKELY = {  # at each stage the moves by how likely they are; those not named follow in the order of the table
    Stage.FOUND: ("hand_over", "fix_on_the_spot"),
    Stage.HANDED_OVER: ("accept", "report_rectified", "press"),
    Stage.ACCEPTED: ("report_rectified", "press"),
    Stage.RECTIFIED: ("close", "send_back"),
    Stage.CLOSED: ("relapse",),
}
WIDE = ("title", "detail", "uploads")  # fields across both columns
WAITED_FOR = {"hand_over", "accept", "report_rectified", "close"}  # shown with their reason to those who may not
QUIET = {"relapse"}  # open, but nobody waits for it: never the filled button
IN_EVIDENCE = "add_evidence"  # its button stands beside the pictures


@login_required
@require_GET
def problem(request, number):
    """The page of one problem; htmx may ask for its moves alone."""
    found = queries.problem_for(request.user, number)
    if request.htmx and request.htmx.target == "moves":
        return render(request, "problems/problem.html#moves", moves_context(request, found))
    return render(request, "problems/problem.html", page_context(request, found))


@login_required
@require_GET
def packet_file(request, number):
    """卷宗: every event of the problem with its proofs, to be checked anywhere by `proof.py` alone."""
    found = queries.problem_for(request.user, number)
    text = json.dumps(packet([found]), ensure_ascii=False, indent=1)
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.number}-packet.json"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@login_required
@require_http_methods(["GET", "POST"])
def problem_new(request):
    """登记问题: one that no visit has brought."""
    operation, at = request.operation, now()
    if operation is None:
        raise NotFound()
    if not may_find(request.user, operation, at):
        raise NotAllowed(_("登记问题须是督导办或督导组在岗人员。"))
    if request.method == "GET":
        form = ProblemForm(operation, request.user, initial=_known(request, operation))
        return render(request, "problems/new.html", {"form": form, "wide": WIDE})
    form = ProblemForm(operation, request.user, request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "problems/new.html", {"form": form, "wide": WIDE}, status=400)
    try:
        key = form.cleaned_data["request_key"]
        found = actions.find(operation, by=request.user, request_key=key, **form.said)
    except Refused as refused:
        form.refuse(refused)
        return render(request, "problems/new.html", {"form": form, "wide": WIDE}, status=refused.status)
    messages.success(request, _("%(number)s 已登记，待交办。") % {"number": found.number})
    return redirect("problem", found.pk)


def _known(request, operation):
    """What the link that led here already says: the point."""
    number = request.GET.get("point", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return {}
    return {"point": Point.objects.filter(pk=number, area_path__startswith=operation.area_path).first()}


# --- what the page shows --------------------------------------------------------------------------------------


def page_context(request, found) -> dict:
    """Everything on the page of one problem."""
    operation, at = found.operation, now()
    asked = _ledger_of(request, operation, at)
    uploads = about("problem", found.pk)
    told = read_story(found, uploads)
    photos, papers = told.evidence(uploads)
    before, after = queries.neighbours(queries.ledger(request.user, operation, asked, at), asked, found)
    return {
        "operation": operation,
        "problem": found,
        "at": at,
        "back": f"{reverse('problem-list')}?{urlencode(asked.address)}".rstrip("?"),
        "previous_url": addresses(asked)(before) if before else "",
        "next_url": addresses(asked)(after) if after else "",
        "tags": _tags(found),
        "steps": _steps(found, told),
        "photos": photos,
        "papers": papers,
        "story": told.lines(),
        "clock": {**clock_of(found), "due_at": found.due_at, "pauses": told.pauses} | _started(found, told),
        "clock_title": CLOCK_TITLES.get(found.stage, ""),
        "left_count": _left_count(found, told),
        "facts": _facts(request.user, found, told, at),
        "similar": _similar(request.user, found, asked, at),
        "keeping": keeping_of(told),
        **moves_context(request, found),
    }


def moves_context(request, found) -> dict:
    """What this person may do next, the likeliest first, and what stands against the rest."""
    first = ("resume",) if found.paused_at else ("extend",) if found.asked_due_at else ()
    likely = [*first, *LIKELY.get(found.stage, ())]
    order = list(dict.fromkeys([*likely, *flow.MOVES]))
    offers = sorted(flow.offers_for(request.user, found), key=lambda offer: order.index(offer.move.name))
    shown = [offer for offer in offers if offer.move.name != IN_EVIDENCE]
    waited_for = [offer for offer in shown if not offer.is_open and offer.move.name in WAITED_FOR]
    return {
        "problem": found,
        "operation": found.operation,
        "moves": [_button(found, offer) for offer in [*filter(lambda offer: offer.is_open, shown), *waited_for]],
        "closed_moves": [_button(found, offer) for offer in shown if not offer.is_open and offer not in waited_for],
        "evidence_url": next(
            (move_url(found, offer.move) for offer in offers if offer.move.name == IN_EVIDENCE and offer.is_open), ""
        ),
    }


def _button(found, offer):
    return {
        "label": offer.move.label,
        "url": move_url(found, offer.move),
        "why": offer.refusal,
        "quiet": offer.move.name in QUIET,
    }


def move_url(found, move) -> str:
    return reverse("problem-move", args=[found.pk, move.name])


CLOCK_TITLES = {
    Stage.FOUND: gettext_lazy("等待交办"), Stage.RECTIFIED: gettext_lazy("等待核验"), Stage.CLOSED: gettext_lazy("从交办到销号"),
    Stage.MERGED: gettext_lazy("从发现到合并"), Stage.WITHDRAWN: gettext_lazy("从发现到撤销"),
}  # fmt: skip


def _started(found, told):
    """From when the bar runs; what was mended on the spot never had time to run."""
    started_at = told.started_at
    if started_at and found.due_at and started_at >= found.due_at and not found.closed_at:
        return {"due_at": None}
    return {"started_at": started_at} if started_at else {}


def _left_count(found, told):
    """A sentence where it has left the count; the five steps say nothing of that."""
    return "" if found.is_counted else _("%(stage)s，不再计数；编号保留。") % {"stage": stage_word(found)}


def _ledger_of(request, operation, at):
    """The ledger that one came from; the whole one where the address does not say, or says what is not there."""
    here = urlsplit(request.htmx.current_url or "").query if request.htmx else ""
    try:
        return queries.asked_for(QueryDict(here) if here else request.GET, request.user, operation, at)
    except BadInput:
        return queries.Asked()


def _tags(found):
    words = found.operation.words
    tags = [words.label("fields", found.field)]
    if found.klass != flow.Class.ORDINARY:
        tags.insert(0, words.label("classes", found.klass))
    if found.relapses:
        tags.append(_("复发 %(times)s 次") % {"times": found.relapses})
    return tags


def _steps(found, told):
    """The five stages with their instants: passed, now, to come."""
    reached = STEPS.get(found.stage, 0)
    notes = [
        (_("发现"), told.short(found.found_at)),
        (_("交办"), told.short(found.handed_over_at) if found.handed_over_at else ""),
        (_("签收"), _accepted_note(found, told, reached)),
        (_("报整改"), _rectified_note(found, told)),
        (_("销号"), told.short(found.closed_at) if found.closed_at else _("须另一人核验")),
    ]
    states = ["done" if place < reached else "now" if place == reached else "" for place in range(1, 6)]
    if reached == 2 and found.is_sent_back:
        states[1] = "back"
        notes[1] = (_("已退回"), notes[1][1])
    return [{"label": label, "note": note, "state": state} for (label, note), state in zip(notes, states, strict=True)]


def _accepted_note(found, told, reached):
    if reached == STEPS[Stage.HANDED_OVER]:
        return _("待签收")
    if found.accepted_at and reached > STEPS[Stage.HANDED_OVER]:
        return told.short(found.accepted_at)
    return _("未单独签收") if reached > STEPS[Stage.ACCEPTED] else ""


def _rectified_note(found, told):
    if found.rectified_at:
        return told.short(found.rectified_at)
    return _("最迟 %(due)s") % {"due": told.short(found.due_at)} if found.due_at else ""


def _facts(person, found, told, at):
    """责任: who must mend it, who found, handed over and verified it, where it came from: [(word, text, url)]."""
    words = found.operation.words
    contacts = (
        Post.objects.filter(running(at), body=found.unit_id, role=Role.UNIT).select_related("person")
        if found.unit_id
        else ()
    )
    people = _("、").join(dict.fromkeys(str(post.person) for post in contacts[:MOST_NAMED]))
    finder = told.who(found.found_by_id)
    if found.group:
        finder = _("%(person)s（%(group)s）") % {"person": finder, "group": found.group}
    verifier = told.who(found.closed_by_id) if found.closed_by_id else _("由没有发现、没有整改此件的人核验")
    facts = [
        (_("责任单位"), str(found.unit) if found.unit else _("未定"), ""),
        (_("责任人"), people, ""),
        (_("发现人"), finder, ""),
        (_("交办人"), told.who(found.handed_over_by_id) if found.handed_over_by_id else "", ""),
        (_("核验人"), verifier, ""),
        (_("来源"), *_source(person, found, at)),
        (_("成因"), words.label("causes", found.cause), ""),
        (_("责任类别"), words.label("responsibilities", found.responsibility) if found.responsibility else "", ""),
        (_("依据"), words.label("clauses", found.clause) if found.clause else "", ""),
    ]
    if found.merged_into_id:
        number = f"{found.operation.prefix}-{found.merged_into_id:04d}"
        facts.append((_("并入"), number, reverse("problem", args=[found.merged_into_id])))
    return [fact for fact in facts if fact[1]]


def _source(person, found, at):
    """Where it came from; a visit is opened by those who read the area, since a unit may not know of each (M40)."""
    if found.source_kind != "visit":
        return _("直接登记"), ""
    reads = any(post.role in READERS and post.covers(found.area_path, found.operation_id) for post in person.hats(at))
    if not reads:
        return _("走访检查"), ""
    return _("第 %(number)s 次走访") % {"number": found.source_id}, page_url("visit", found.source_id)


def _similar(person, found, asked, at):
    """Others at the same point that this person may see (M57)."""
    if found.point_id is None:
        return []
    others = queries.visible_to(person, at).filter(pk__in=queries.similar(found).values("pk")).order_by("-pk")
    address = addresses(queries.Asked())
    return [row_of(other, at, address(other)) for other in others[:MOST_SIMILAR]]


def who_was_faster(found) -> str:
    """Who brought a problem to the stage where it is now, and when: said to whoever came second (LOOK §6)."""
    told = read_story(found)
    step = told.latest_step
    if step is None:
        return ""
    done = {"who": told.who(step.actor), "at": short_instant(step.at, found.operation), "stage": stage_word(found)}
    return _("%(who)s在 %(at)s 已办：%(stage)s。") % done
