"""Who may open an account by themselves (nobody), what a locked-out person reads, and whose address is counted."""

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from duzhan.base import sweeping
from duzhan.base.clock.instants import machine_time, now
from duzhan.base.ui.refusals import page
from duzhan.people.actions import change_password
from duzhan.people.queries import person_numbered


class SignIn(AuthenticationBackend):
    """allauth's; whoever has signed in is read together with their posts, since every page asks for both."""

    def get_user(self, user_id):
        person = person_numbered(user_id)
        return person if person and self.user_can_authenticate(person) else None


class ClosedAccounts(DefaultAccountAdapter):
    """Accounts are opened by an administrator; nobody signs up from outside."""

    def is_open_for_signup(self, request):
        return False

    def set_password(self, user, password):
        """Chosen on the page for it, or by a letter that was sent for it: an act of that person."""
        change_password(user, password, by=user)
        user.refresh_from_db()


class ClosedOrganisationAccounts(DefaultSocialAccountAdapter):
    """The organisation's sign-in (OIDC) lets in only persons whose account is here already."""

    def is_open_for_signup(self, request, sociallogin):
        return False


def display_name(person) -> str:
    """How a person is greeted: by name, not by account."""
    return str(person)


def client_address(request) -> str | None:
    """The caller's address, read past the trusted proxies and no further; None where the server knows none."""
    try:
        return get_adapter(request).get_client_ip(request)
    except PermissionDenied:
        return None


def claimed_name(request, credentials) -> str:
    """The account somebody says is theirs; capitals make no second account to guess at."""
    claimed = (credentials or {}).get("username") or request.POST.get("login") or ""
    return claimed.strip().lower()


def locked_out(request, _response=None, _credentials=None):
    """429: too many wrong passwords from this place for this name, and how long to wait."""
    wait = settings.AXES_COOLOFF_TIME
    sentence = _("连续 %(times)d 次输错密码，本账号在此处的登录已锁定。请 %(minutes)d 分钟后再试，或请系统管理员解锁。")
    told = sentence % {"times": settings.AXES_FAILURE_LIMIT, "minutes": wait.total_seconds() // 60}
    answer = page(request, 429, told)
    answer["Retry-After"] = int(wait.total_seconds())
    return answer


def forget_sign_ins(after) -> int:
    """清理: remove one portion of what says who signed in or tried to, when and from where; returns how many.

    `after`: how long it is kept; the Cybersecurity Law asks for six months at least.
    """
    with machine_time():  # the library writes them down by the machine's clock
        past = now() - after
    kept = (AccessLog, AccessFailureLog, AccessAttempt)
    return sum(sweeping.remove(each.objects.filter(attempt_time__lte=past).order_by("pk")) for each in kept)
