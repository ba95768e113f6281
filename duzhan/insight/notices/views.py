"""/notices/: what waits to be read, what was read, and the way to each record."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from duzhan.base.errors import BadInput
from duzhan.base.ui.paging import page_of

from . import actions, queries, shown

PAGES = {"problem": "problem", "help": "help"}  # where a notice opens, by what it is about


SHOWN = {  # the tabs: name in the address, word, rows
    "": (gettext_lazy("未读"), queries.unread),
    "asking": (gettext_lazy("要办的"), queries.to_do),
    "all": (gettext_lazy("全部"), queries.shown_to),
}


@login_required
@require_GET
def notice_list(request):
    """通知: what this person should know, the newest first; `show=asking` what is to be done, `show=all` also what was read."""
    show = request.GET.get("show", "")
    if show not in SHOWN:
        raise BadInput(_("通知没有“%(show)s”这一栏。") % {"show": show[:20]}, field="show")
    found = {name: rows(request.user) for name, (_word, rows) in SHOWN.items()}
    counts = {name: rows.count() for name, rows in found.items()}
    page = page_of(found[show].select_related("event"), ("-pk",), request.GET)
    return render(request, "notices/list.html", {
        "page": page,
        "lines": shown.lines(page.rows),
        "tabs": [_tab(name, counts[name], name == show) for name in SHOWN],
        "total": counts[show],
        "newest": max((notice.pk for notice in page.rows if notice.is_waiting), default=None),
        "several": len(request.operations) > 1,
        "show": show,
    })  # fmt: skip


def _tab(name, count, is_current):
    return {"label": SHOWN[name][0], "count": count, "url": f"?show={name}" if name else "?", "is_current": is_current}


@login_required
@require_POST
def notice_open(request, pk):
    """Read one, and on to what it is about."""
    notice = actions.read_one(pk, by=request.user)
    return redirect(PAGES[notice.subject_kind], notice.subject_id)


@login_required
@require_POST
def notice_read(request, pk):
    """已读: one notice, without opening it."""
    actions.read_one(pk, by=request.user)
    return _back(request)


@login_required
@require_POST
def notice_read_all(request):
    """全部已读: all that had come when the page was shown."""
    until = request.POST.get("until", "")
    if not (until.isascii() and until.isdigit() and len(until) < 19):
        raise BadInput(_("没有写明到哪一条为止，请从通知页上再按一次。"), field="until")
    many = actions.read_all(int(until), by=request.user)
    messages.success(request, ngettext("%(many)s 条已读。", "%(many)s 条已读。", many) % {"many": many})
    return _back(request)


def _back(request):
    show = request.POST.get("show", "")
    return redirect(reverse("notice-list") + (f"?show={show}" if show in SHOWN and show else ""))
