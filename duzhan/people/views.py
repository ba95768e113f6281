"""Accounts: finding, opening, and giving a new password. What somebody may do where stands with the operations."""

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from duzhan.base.errors import Refused
from duzhan.base.ui.fields import add_refusal, posted
from duzhan.base.ui.paging import page_of

from . import actions, queries, rules
from .forms import AccountForm, Sought
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
