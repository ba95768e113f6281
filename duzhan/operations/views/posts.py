"""Who holds which post: one's own, another's, giving and ending them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from duzhan.base.clock.instants import now
from duzhan.base.errors import CannotMove, Refused
from duzhan.base.ui.fields import add_refusal, posted
from duzhan.people.actions import appoint as put_into_post
from duzhan.people.actions import end_post
from duzhan.people.models import Body, Membership, Post
from duzhan.people.queries import person_for
from duzhan.places.models import Area
from duzhan.places.queries import suggested_areas

from .. import queries, rules
from ..forms import AppointForm, EndPostForm
from ..models import Operation

MOST_BODIES = 300


@login_required
@require_GET
def me(request):
    """My posts: as what I am here, where, and until when."""
    keeps = bool(rules.administers(request.user))
    return render(request, "operations/me.html", {"person": request.user, "keeps": keeps, **_standing(request.user)})


@login_required
@require_GET
def detail(request, pk):
    """One person: account, posts now and before, groups. For whoever administers them."""
    person = person_for(request.user, pk)
    standing = _standing(person)
    for post in standing["now"]:
        post.may_end = rules.may_appoint(request.user, post.area, post.operation)
    return render(request, "operations/person.html", {"person": person, **standing})


def _standing(person):
    at = now()
    posts = list(person.posts.select_related("body").order_by("-starts_at", "-pk"))
    seats = list(person.memberships.select_related("group", "lent_by").order_by("-starts_at", "-pk"))
    areas = {area.path: area for area in Area.objects.filter(path__in={each.area for each in (*posts, *seats)})}
    named = Operation.objects.in_bulk({post.operation for post in posts} - {None} | {seat.operation for seat in seats})
    for each in (*posts, *seats):
        each.where, each.campaign = areas.get(each.area), named.get(each.operation)
    return {
        "now": [post for post in posts if post.ends_at is None or post.ends_at > at],
        "before": [post for post in posts if post.ends_at is not None and post.ends_at <= at],
        "seats": [seat for seat in seats if seat.stage == Membership.Stage.POSTED and seat.runs_at(at)],
        "read_at": at,
    }


@login_required
@require_http_methods(["GET", "POST"])
def appoint(request, pk):
    """任命: give a post, never wider than one's own."""
    person = person_for(request.user, pk)
    asked = AppointForm(queries.visible_to(request.user), posted(request))
    if request.method == "POST" and asked.is_valid():
        given = asked.cleaned_data
        area, operation = given["area"].path if given["area"] else "", given["operation"]
        try:
            rules.check_appoints(request.user, area, operation.pk if operation else None)
            post = put_into_post(
                person, given["body"], given["role"], by=request.user, area=area,
                operation=operation.pk if operation else None, starts_at=given["starts_at"], ends_at=given["ends_at"],
            )  # fmt: skip
        except Refused as refused:
            add_refusal(asked, refused)
        else:
            messages.success(request, _("已任命%(person)s：%(post)s。") % {"person": person, "post": post})
            return redirect("person", person.pk)
    widest = min((post.area for post in rules.administers(request.user)), key=len)
    return render(
        request,
        "operations/appoint.html",
        {
            "form": asked,
            "person": person,
            "areas": suggested_areas(widest),
            "bodies": Body.objects.filter(area__startswith=widest).order_by("name")[:MOST_BODIES],
        },
        status=400 if asked.errors else 200,
    )


@login_required
@require_http_methods(["GET", "POST"])
def end(request, pk):
    """结束岗位: from that minute on its rights are gone."""
    post = get_object_or_404(Post.objects.select_related("person", "body"), pk=pk)
    person_for(request.user, post.person_id)
    rules.check_appoints(request.user, post.area, post.operation)
    if post.ends_at and post.ends_at <= now():
        raise CannotMove(_("这个岗位已经结束。"))
    asked = EndPostForm(posted(request))
    if request.method == "POST" and asked.is_valid():
        try:
            end_post(post, by=request.user, ends_at=asked.cleaned_data["ends_at"])
        except Refused as refused:
            add_refusal(asked, refused)
        else:
            messages.success(request, _("%(person)s的岗位已结束：%(post)s。") % {"person": post.person, "post": post})
            return redirect("person", post.person_id)
    context = {"form": asked, "post": post, "person": post.person}
    return render(request, "operations/end_post.html", context, status=400 if asked.errors else 200)
