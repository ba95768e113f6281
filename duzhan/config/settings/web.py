"""Who may reach it, and how: addresses, cookies, proxies, what a browser may load."""

from .environment import env_bool, env_int, env_list, env_url
from .sign_in import OIDC_URL, organisation

DEBUG = env_bool("DUZHAN_DEBUG", False, "Show tracebacks in the browser. Never where others can reach it.")

DUZHAN_BASE_URL, base = env_url(
    "DUZHAN_BASE_URL",
    "http://127.0.0.1:8000",
    ("http", "https"),
    "The address people type. https turns on secure cookies and HSTS.",
)
IS_HTTPS = base.scheme == "https"

ALLOWED_HOSTS = [
    f"[{base.hostname}]" if ":" in base.hostname else base.hostname,
    "localhost",
    "127.0.0.1",
    "[::1]",
    *env_list("DUZHAN_ALLOWED_HOSTS", "Further host names the server answers to, separated by commas."),
]
CSRF_TRUSTED_ORIGINS = [f"{base.scheme}://{base.netloc}"]

TRUSTED_PROXIES = env_int(
    "DUZHAN_TRUSTED_PROXIES",
    0,
    0,
    9,
    "How many proxies of yours stand in front and set X-Forwarded-For and -Proto.",
)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = IS_HTTPS

_hsts = env_int("DUZHAN_HSTS_SECONDS", 2_592_000, 0, 63_072_000, "How long browsers insist on https, in seconds.")
SECURE_HSTS_SECONDS = _hsts if IS_HTTPS else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
ACCOUNT_DEFAULT_HTTP_PROTOCOL = base.scheme
SESSION_ENGINE = "duzhan.config.sessions"
SESSION_COOKIE_NAME = "duzhan_session"
CSRF_COOKIE_NAME = "duzhan_csrf"
LANGUAGE_COOKIE_NAME = "duzhan_language"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 3600 * env_int("DUZHAN_SESSION_HOURS", 12, 1, 720, "Hours until one must sign in again.")

CSRF_FAILURE_VIEW = "duzhan.base.ui.refusals.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
        # browsers hold a form to this rule through every redirect, and OIDC redirects the sign-in form
        "form-action": ["'self'", *([f"{organisation.scheme}://{organisation.netloc}"] if OIDC_URL else [])],
    }
}
