"""Everything that changes who is who: appointing, ending a post, forming a group."""

import secrets
from collections import Counter
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duzhan.base.clock.instants import now
from duzhan.base.errors import BadInput, CannotMove
from duzhan.base.ledger.actions import Fact, locked, locked_many, record, record_many
from duzhan.base.ledger.models import new_salt

from . import rules
from .models import Body, Group, Membership, Person, Post, Role, Token
from .queries import token_digest


def found_body(name, kind, *, by=None, short_name="", parent=None, area="", is_demo=False) -> Body:
    """设立: enter a body. Raises BadInput when the name is empty or the kind unknown."""
    row = {"name": name, "kind": kind, "short_name": short_name, "parent": parent, "area": area, "is_demo": is_demo}
    return found_bodies([row], by=by)[0]


def found_bodies(rows: list[dict], *, by=None) -> list[Body]:
    """Enter many bodies at once; the keys are those of `found_body`. Raises BadInput and enters none of them."""
    for row in rows:
        if not row["name"].strip():
            raise BadInput(_("机构名称不能为空。"), field="name")
        if row["kind"] not in Body.Kind.values:
            raise BadInput(_("没有这种机构类别：%(kind)s。") % {"kind": row["kind"]}, field="kind")
    bodies = [Body(**{**row, "name": row["name"].strip()}) for row in rows]
    record_many([Fact(body, "body.found") for body in bodies], by=by)
    return bodies


def register_person(username, name, *, by=None, password=None, email="", is_demo=False) -> Person:
    """Give somebody an account; without a password they cannot sign in until one is set."""
    row = {"username": username, "name": name, "password": password, "email": email, "is_demo": is_demo}
    return register_persons([row], by=by)[0]


def register_persons(rows: list[dict], *, by=None) -> list[Person]:
    """Give many people accounts at once; the keys are those of `register_person`.

    Raises BadInput for an account that is in use, and opens none of them.
    """
    names = [row["username"] for row in rows]
    used = {*Person.objects.filter(username__in=names).values_list("username", flat=True)}
    used |= {name for name, times in Counter(names).items() if times > 1}
    if used:
        raise BadInput(_("账号 %(username)s 已被使用。") % {"username": min(used)}, field="username")
    persons = [Person(**{**row, "password": make_password(row.get("password"))}) for row in rows]
    record_many([Fact(person, "person.register") for person in persons], by=by)
    return persons


def appoint(person, body, role, *, by=None, area="", operation=None, starts_at=None, ends_at=None) -> Post:
    """Put a person into a post. Raises BadInput for an unknown role or an end before the start."""
    row = {"person": person, "body": body, "role": role, "area": area, "operation": operation, "ends_at": ends_at}
    return appoint_many([row], by=by, starts_at=starts_at)[0]


@transaction.atomic
def appoint_many(rows: list[dict], *, by=None, starts_at=None) -> list[Post]:
    """Put many people into posts at once: rows with person, body, role and, if wanted, area, operation, ends_at."""
    starts_at = starts_at or now()
    _check_there(row["person"] for row in rows)
    posts = []
    for row in rows:
        if row["role"] not in Role.values:
            raise BadInput(_("没有这种角色：%(role)s。") % {"role": row["role"]}, field="role")
        _check_end(starts_at, row.get("ends_at"))
        posts.append(Post(starts_at=starts_at, **row))
        row["person"].forget_hats()
    record_many([Fact(post, "post.appoint") for post in posts], by=by)
    return posts


def _check_there(persons):
    """Nobody among them has been erased, or will be until the transaction ends. Raises BadInput."""
    if any(person.erased_at for person in locked_many(Person, {person.pk for person in persons}).values()):
        raise BadInput(_("此人的个人信息已经删除，账号不再使用。"), field="person")


@transaction.atomic
def end_post(post, *, by=None, ends_at=None) -> Post:
    """End a post; from that minute on its rights are gone."""
    post = locked(post)
    post.ends_at = ends_at or now()
    _check_end(post.starts_at, post.ends_at)
    record(post, "post.end", by=by)
    return post


@transaction.atomic
def form_group(
    name,
    kind,
    body,
    *,
    operation,
    by=None,
    area="",
    members=(),
    leader=None,
    lent_by=None,
    starts_at=None,
    ends_at=None,
) -> Group:
    """Form a group of people for an operation (M3). `lent_by` maps a person to the body that lends them (M4).

    `operation` is the operation's number (its book), `area` the path of its area of duty. A start in the past is
    when the events take effect.
    """
    starts_at = starts_at or now()
    if kind not in Group.Kind.values:
        raise BadInput(_("没有这种组别：%(kind)s。") % {"kind": kind}, field="kind")
    _check_end(starts_at, ends_at)
    _check_there(members)
    group = Group(operation=operation, name=name, kind=kind, body=body, area=area, starts_at=starts_at, ends_at=ends_at)
    record(group, "group.form", by=by, at=starts_at, now=Group.Stage.ON_DUTY)
    seats = [
        Membership(
            operation=operation, group=group, person=person, is_leader=person == leader, area=area,
            lent_by=(lent_by or {}).get(person), starts_at=starts_at, ends_at=ends_at,
        )
        for person in members
    ]  # fmt: skip
    record_many([Fact(seat, "membership.post", now=Membership.Stage.POSTED) for seat in seats], by=by, at=starts_at)
    return group


@transaction.atomic
def stand_down(group, *, by=None, at=None) -> Group:
    """Stand a group down: its members are released with it."""
    group = locked(group)
    if group.stage != Group.Stage.ON_DUTY:
        raise CannotMove(_("%(group)s已经撤回。") % {"group": group})
    at = at or now()
    _release(group.memberships, by=by, at=at)
    group.stage, group.ends_at = Group.Stage.STOOD_DOWN, at
    record(group, "group.stand_down", by=by, at=at, was="on_duty", now="stood_down")
    return group


def _release(seats, *, by, at):
    seats = list(seats.select_for_update(of=("self",)).filter(stage=Membership.Stage.POSTED).order_by("pk"))
    for seat in seats:
        seat.stage, seat.ends_at = Membership.Stage.RELEASED, max(at, seat.starts_at)
    record_many([Fact(seat, "membership.release", was="posted", now="released") for seat in seats], by=by, at=at)


def stand_down_ended() -> int:
    """到期撤组: groups whose end has come are stood down as of that end, by the system; returns how many.

    Rights end on the minute by themselves; but who is on duty is counted by events, so the end has to be one.
    """
    ended = Group.objects.filter(stage=Group.Stage.ON_DUTY, ends_at__lte=now()).order_by("ends_at", "pk")
    many = 0
    for group in ended:
        try:
            stand_down(group, by=None, at=group.ends_at)
        except CannotMove:
            continue  # somebody did so a moment ago
        many += 1
    return many


def _check_end(starts_at, ends_at):
    if ends_at is not None and ends_at < starts_at:
        raise BadInput(_("结束时刻早于开始时刻。"), field="ends_at")


TOKEN_DAYS = 90  # the longest a personal key may live


def issue_token(person, name, *, by=None, days=TOKEN_DAYS) -> str:
    """开密钥: make a personal key for programs and return it, the only time that it can be read."""
    if not name.strip():
        raise BadInput(_("请写明用途。"), field="name")
    if not 1 <= days <= TOKEN_DAYS:
        raise BadInput(_("有效期须在 1 到 %(most)s 天之间。") % {"most": TOKEN_DAYS}, field="days")
    secret = f"dz_{secrets.token_urlsafe(32)}"
    token = Token(
        person=person, name=name.strip()[:60], digest=token_digest(secret), created_at=now(),
        expires_at=now() + timedelta(days=days),
    )  # fmt: skip
    record(token, "token.issue", by=by)
    return secret


@transaction.atomic
def revoke_token(token, *, by=None) -> Token:
    """注销密钥: it is worth nothing from now on."""
    token = locked(token)
    if token.revoked_at is None:
        token.revoked_at = now()
        record(token, "token.revoke", by=by)
    return token


# --- accounts ---------------------------------------------------------------------------------------------------

SPOKEN = "abcdefghjkmnpqrstuvwxyz23456789"  # no letters or digits that are taken for one another


@transaction.atomic
def open_account(username, name, *, by, email="") -> tuple[Person, str]:
    """开户: give somebody an account and a password, which is returned and can be read this once.

    Raises NotAllowed for somebody who is no administrator, BadInput for a name in use.
    """
    rules.check_administers(by)
    if email and Person.objects.filter(email__iexact=email).exists():
        raise BadInput(_("邮箱 %(email)s 已属于另一个账号。") % {"email": email}, field="email")
    secret = _spoken_password()
    return register_person(username, name, by=by, password=secret, email=email), secret


@transaction.atomic
def reset_password(person, *, by) -> str:
    """重置密码: a new password, returned and readable this once; whoever is signed in with the old one is signed out.

    Raises NotAllowed when the person holds a post outside the administrator's own.
    """
    person = locked(person)
    rules.check_administers(by, person)
    secret = _spoken_password()
    person.password = make_password(secret)
    record(person, "person.reset_password", by=by)
    return secret


@transaction.atomic
def change_password(person, password, *, by) -> Person:
    """改密码: somebody chose a new one, on the page or by the letter that was sent for it."""
    person = locked(person)
    person.password = make_password(password)
    record(person, "person.change_password", by=by)
    return person


class Ground(models.TextChoices):
    """Why personal data are erased: the grounds of the Personal Information Protection Law, article 47."""

    DONE = "done", gettext_lazy("目的已经实现，或不再必要")
    EXPIRED = "expired", gettext_lazy("保存期限已满")
    WITHDRAWN = "withdrawn", gettext_lazy("本人撤回同意，或要求删除")
    UNLAWFUL = "unlawful", gettext_lazy("收集违反规定")


@transaction.atomic
def erase(person, ground, *, by) -> Person:
    """删除个人信息: whatever says who somebody is goes for good; what they did stays under their number.

    The account is closed: posts, groups, keys and sign-ins end now. Name, account, address and password are replaced by
    a mark, and the salt by another, so that the fingerprints in the ledger say nothing any more, not even of a name that
    is guessed. Raises NotAllowed as for any account, CannotMove for one's own, BadInput for an unknown ground.
    """
    person = locked(person)
    rules.check_administers(by, person)
    if person.pk == by.pk:
        raise CannotMove(_("不能删除自己的个人信息；请另一位系统管理员办理。"))
    if ground not in Ground.values:
        raise BadInput(_("请选删除的理由。"), field="ground")
    _close(person, by=by, at=now())
    _forget_elsewhere(person)
    person.username, person.name = f"erased:{person.pk}", f"已删除的人员 {person.pk}"
    person.email, person.password, person.salt = "", make_password(None), new_salt()
    person.is_active = person.is_staff = person.is_superuser = False
    person.erased_at = now()
    record(person, "person.erase", by=by, facts={"ground": ground})
    return person


def _close(person, *, by, at):
    """Whatever lets somebody in, or counts them among those who are here, ends."""
    posts = list(person.posts.exclude(ends_at__lte=at).order_by("pk"))
    for post in posts:
        post.ends_at = max(at, post.starts_at)
    record_many([Fact(post, "post.end") for post in posts], by=by)
    _release(person.memberships, by=by, at=at)
    for token in person.tokens.filter(revoked_at=None).order_by("pk"):
        revoke_token(token, by=by)


def _forget_elsewhere(person):
    """What others of the house's libraries keep of somebody: addresses, linked accounts, second steps, sessions, and
    sign-ins that failed, which are kept by what was typed."""
    for kept in (EmailAddress, SocialAccount, Authenticator):
        kept.objects.filter(user=person.pk).delete()
    typed = models.Q(username__iexact=person.username)
    if person.email:
        typed |= models.Q(username__iexact=person.email)
    for kept in (AccessAttempt, AccessFailureLog, AccessLog):
        kept.objects.filter(typed).delete()
    theirs = [session.pk for session in Session.objects.iterator() if _is_of(session.get_decoded(), person)]
    Session.objects.filter(pk__in=theirs).delete()
    Person.objects.filter(pk=person.pk).update(first_name="", last_name="", last_login=None)


# Whose a session is: of who has signed in, of who has given a password, of who is asked for the second step.
METHODS_OF, SIGNING_IN = "account_authentication_methods_user", "account_login"  # so allauth writes them


def _is_of(session, person) -> bool:
    told = session.get(SESSION_KEY), session.get(METHODS_OF), (session.get(SIGNING_IN) or {}).get("user_pk")
    return str(person.pk) in told


def _spoken_password():
    return "-".join("".join(secrets.choice(SPOKEN) for _each in range(4)) for _group in range(4))
