"""Accounts: finding, opening, and giving a new password. What somebody may do where stands with the operations."""

from contextlib import nullcontext

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from duzhan.base.clock.instants import machine_time, now
from duzhan.base.errors import NotFound, Refused
from duzhan.base.ui.fields import add_refusal, posted
from duzhan.base.ui.paging import page_of

from . import actions, queries, rules
from .forms import AccountForm, EraseForm, Sought, TokenForm
from .models import Post, Role, running


@login_required
@require_GET
def person_list(request):
    """The accounts this administrator keeps, with the posts that are held now."""
    persons = queries.persons_kept_by(request.user)
    sought = Sought(request.GET)
    asked = sought.cleaned_data if sought.is_valid() else {"q": "", "role": ""}
    held = Post.objects.filter(running())
    if asked["q"]:
        persons = persons.filter(Q(name__icontains=asked["q"]) | Q(username__icontains=asked["q"]))
    if asked["role"]:
        persons = persons.filter(_in_role(held, asked["role"]))
    current = Prefetch("posts", held.select_related("body").order_by("pk"), to_attr="held")
    page = page_of(persons.prefetch_related(current), ("name", "pk"), request.GET)
    tags = [
        (_("查找：%(text)s") % {"text": asked["q"]}) if asked["q"] else "",
        dict(Role.choices).get(asked["role"], ""),
    ]
    return render(request, "people/list.html", {"page": page, "sought": sought, "tags": [tag for tag in tags if tag]})


def _in_role(held, role):
    theirs = held.filter(person=OuterRef("pk"))
    return ~Exists(theirs) if role == "none" else Exists(theirs.filter(role=role))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def open_account(request):
    """开户: the password stands on the page that answers, and nowhere else ever again."""
    rules.check_administers(request.user)
    asked = AccountForm(posted(request))
    if request.method == "POST" and asked.is_valid():
        try:
            person, secret = actions.open_account(by=request.user, **asked.cleaned_data)
        except Refused as refused:
            add_refusal(asked, refused)
        else:
            return render(request, "people/secret.html", {"person": person, "secret": secret, "is_new": True})
    return render(request, "people/open.html", {"form": asked}, status=400 if asked.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def reset_password(request, pk):
    """重置密码: asked first; the new one is shown once."""
    person = queries.person_for(request.user, pk)
    if request.method == "POST":
        secret = actions.reset_password(person, by=request.user)
        return render(request, "people/secret.html", {"person": person, "secret": secret})
    return render(request, "people/reset.html", {"person": person})


@login_required
@require_http_methods(["GET", "POST"])
def erase(request, pk):
    """删除个人信息: asked first, with the ground; it cannot be taken back."""
    person = queries.person_for(request.user, pk)
    asked = EraseForm(posted(request))
    if request.method == "POST" and asked.is_valid():
        try:
            erased = actions.erase(person, asked.cleaned_data["ground"], by=request.user)
        except Refused as refused:
            add_refusal(asked, refused)
        else:
            messages.success(request, _("个人信息已删除，账号已注销；以后写作“%(person)s”。") % {"person": erased})
            return redirect("person-list")
    context = {"form": asked, "person": person, "is_own": person.pk == request.user.pk}
    return render(request, "people/erase.html", context, status=400 if asked.errors else 200)


# --- one's own keys for programs ----------------------------------------------------------------------------------


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def token_list(request):
    """令牌: one's own keys for programs; a new one stands on the page that answers, and nowhere else ever again."""
    person, secret = request.user, ""
    asked = TokenForm(posted(request))
    with _own_time(person):
        if request.method == "POST" and asked.is_valid():
            try:
                secret = actions.issue_token(person, by=person, **asked.cleaned_data)
                asked = TokenForm()
            except Refused as refused:
                add_refusal(asked, refused)
        page = page_of(queries.tokens_of(person), ("-created_at", "-pk"), request.GET)
        context = {"form": asked, "page": page, "lines": [_state_of(token) for token in page.rows], "secret": secret}
    return render(request, "people/tokens.html", context, status=400 if asked.errors else 200)


def _state_of(token):
    """A key with whether it still opens."""
    gone = _("已作废") if token.revoked_at else _("已到期") if token.expires_at <= now() else ""
    return {"token": token, "gone": gone}


@login_required
@require_POST
def token_revoke(request, pk):
    """作废: one's own key opens nothing from now on."""
    token = queries.tokens_of(request.user).filter(pk=pk).first()
    if token is None:
        raise NotFound()
    with _own_time(request.user):
        actions.revoke_token(token, by=request.user)
    messages.success(request, _("令牌“%(name)s”已作废。") % {"name": token.name})
    return redirect("token-list")


def _own_time(person):
    """Keys live by the machine's clock, also those of a person of the demo, who is told another time."""
    return machine_time() if person.is_demo else nullcontext()
