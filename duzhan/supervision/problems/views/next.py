"""What comes after a form: where one goes on, or what is said at its head when it is shown again."""

from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _


def after_it(request, address) -> str:
    """The address of this site that a form carries along; empty for none, or for one elsewhere."""
    hosts = {request.get_host()}
    allowed = address and url_has_allowed_host_and_scheme(address, hosts, require_https=request.is_secure())
    return address if allowed else ""


def says_of(status) -> str:
    """The heading over a refusal; empty where it is only a matter of filling in the form properly."""
    return _("没有办成，什么也没有改变：") if status in (403, 409) else ""
