"""What only pages need: a program with a token has no session, no form, no frame and no file to be sent.

Each is what its parent is, and steps aside under /api/.
"""

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django_htmx.middleware import HtmxMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware

API = "/api/"


class _ForPages:
    def __call__(self, request):
        return self.get_response(request) if request.path_info.startswith(API) else super().__call__(request)


class Files(_ForPages, WhiteNoiseMiddleware):
    pass


class ContentPolicy(_ForPages, CSPMiddleware):
    pass


class Sessions(_ForPages, SessionMiddleware):
    pass


class Language(LocaleMiddleware):
    """A program that names no language is answered in ours, and nothing has to be weighed."""

    def __call__(self, request):
        if not request.path_info.startswith(API) or {"HTTP_ACCEPT_LANGUAGE", "HTTP_COOKIE"} & request.META.keys():
            return super().__call__(request)
        with translation.override(settings.LANGUAGE_CODE):
            return self.get_response(request)


class Csrf(_ForPages, CsrfViewMiddleware):
    pass


class Authentication(_ForPages, AuthenticationMiddleware):
    pass


class Messages(_ForPages, MessageMiddleware):
    pass


class Htmx(_ForPages, HtmxMiddleware):
    pass
