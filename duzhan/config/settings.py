"""Every setting of Duzhan. What an operator may choose is an environment variable; nothing else is read.

Without any variable Duzhan runs on SQLite under `var/`, for this machine only. A variable that
cannot be read as meant stops the start with a sentence that says what to write instead.
"""

import os
import secrets
import sys
from datetime import timedelta
from pathlib import Path
from typing import NoReturn
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import psycopg
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

# ---------------------------------------------------------------------------- reading the environment

DUZHAN_ENVIRONMENT = {}  # name -> (default as text, what it is for); the reference page is made from it
ON, OFF = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def stop(name, chinese, english) -> NoReturn:
    """End the start: the variable, and what to write instead, in both languages."""
    sys.stderr.write(f"{name}：{chinese}\n{name}: {english}\n")
    raise SystemExit(2)


def env_text(name, default, purpose, shown=None):
    DUZHAN_ENVIRONMENT[name] = (shown or str(default), purpose)
    return os.environ.get(name, "").strip() or default


def env_bool(name, default, purpose):
    text = env_text(name, "1" if default else "0", purpose).lower()
    if text not in ON | OFF:
        stop(name, f"“{text}”不是开关；请写 1 或 0。", f"“{text}” is not a switch; write 1 or 0.")
    return text in ON


def env_int(name, default, least, most, purpose):
    text = str(env_text(name, default, purpose))
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        stop(
            name,
            f"“{text}”不对；请写 {least} 到 {most} 之间的整数。",
            f"“{text}” does not do; write a whole number from {least} to {most}.",
        )
    return int(text)


def env_list(name, purpose):
    return [part.strip() for part in env_text(name, "", purpose).split(",") if part.strip()]


def env_choice(name, default, choices, purpose):
    text = env_text(name, default, purpose).upper()
    if text not in choices:
        known = ", ".join(choices)
        stop(name, f"“{text}”不对；可写：{known}。", f"“{text}” does not do; write one of: {known}.")
    return text


def env_url(name, default, schemes, purpose):
    """An address in parts, and as text without a slash at its end."""
    text = str(env_text(name, default, purpose)).rstrip("/")
    try:
        parts = urlsplit(text)
        usable = parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if text and not usable:
        example = f"{schemes[-1]}://duzhan.example.org"
        stop(name, f"地址写错了；请写成 {example} 这样。", f"this is no address; write it like {example}.")
    return text, urlsplit(text)


# ---------------------------------------------------------------------------- places on disk

ROOT = Path(__file__).resolve().parents[2]


def writable_folder(name, path):
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        stop(
            name,
            f"目录 {path} 建不起来（{error.strerror}）；请改成本账号可写的目录。",
            f"the folder {path} cannot be made ({error.strerror}); name one that this account may write to.",
        )
    if not os.access(path, os.W_OK | os.X_OK):
        stop(
            name,
            f"目录 {path} 不可写；请改成本账号可写的目录。",
            f"the folder {path} cannot be written to; name one that this account may write to.",
        )
    return path


# an installed Duzhan keeps its data below the folder in which it is started
HOME = ROOT if (ROOT / "manage.py").exists() else Path.cwd()

_data_dir = env_text("DUZHAN_DATA_DIR", "var", "Folder for all Duzhan keeps: SQLite, uploads, secret key, mails.")
DUZHAN_DATA_DIR = writable_folder("DUZHAN_DATA_DIR", (HOME / _data_dir).resolve())
DUZHAN_PACKS_DIR = ROOT / "packs"

# ---------------------------------------------------------------------------- who may reach it, and how

DEBUG = env_bool("DUZHAN_DEBUG", False, "Show tracebacks in the browser. Never where others can reach it.")

DUZHAN_BASE_URL, _base = env_url(
    "DUZHAN_BASE_URL",
    "http://127.0.0.1:8000",
    ("http", "https"),
    "The address people type. https turns on secure cookies and HSTS.",
)
IS_HTTPS = _base.scheme == "https"

ALLOWED_HOSTS = [
    f"[{_base.hostname}]" if ":" in _base.hostname else _base.hostname,
    "localhost",
    "127.0.0.1",
    "[::1]",
    *env_list("DUZHAN_ALLOWED_HOSTS", "Further host names the server answers to, separated by commas."),
]
CSRF_TRUSTED_ORIGINS = [f"{_base.scheme}://{_base.netloc}"]

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


def kept_secret(path):
    """The secret made at the first start and kept beside the database, readable by this account alone."""
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
    except FileExistsError:
        pass
    return path.read_text().strip()


SECRET_KEY = env_text(
    "DUZHAN_SECRET_KEY",
    "",
    "Signs sessions; 32 characters or more. Without it one is made and kept in the data folder.",
) or kept_secret(DUZHAN_DATA_DIR / "secret-key")
if len(SECRET_KEY) < 32:
    stop("DUZHAN_SECRET_KEY", "太短；至少 32 个字符。", "too short; give at least 32 characters.")

# ---------------------------------------------------------------------------- database

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}


def sqlite_database(path):
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": SQLITE_OPTIONS,
    }


def postgresql_database(url):
    """Everything libpq reads in an address, several hosts among it; `pool=N` is ours: connections kept per process."""
    address, _, query = url.partition("?")
    query = dict(parse_qsl(query, keep_blank_values=True))
    pool = query.pop("pool", "0")
    if not pool.isascii() or not pool.isdigit() or int(pool) > 200:
        raise ValueError("pool")
    options = conninfo_to_dict(f"{address}?{urlencode(query, quote_via=quote)}")
    if "dbname" not in options:
        raise ValueError("dbname")
    database = {
        "ENGINE": "duzhan.base.postgresql",
        "NAME": options.pop("dbname"),
        "USER": options.pop("user", ""),
        "PASSWORD": options.pop("password", ""),
        "HOST": options.pop("host", ""),
        "PORT": options.pop("port", ""),
        "OPTIONS": options,
    }
    if int(pool):
        options["pool"] = {"min_size": 1, "max_size": int(pool), "timeout": 20}
    else:
        database |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    return database


def database_at(url):
    scheme, _, rest = url.partition("://")
    try:
        if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
            return sqlite_database(HOME / unquote(rest[1:]))
        if scheme in ("postgresql", "postgres"):
            return postgresql_database(url)
    except (ValueError, psycopg.ProgrammingError):
        pass  # the sentence below says more than either error, and keeps the password out of it
    stop(
        "DUZHAN_DATABASE_URL",
        "不是数据库地址；请写 sqlite:///文件 或 postgresql://用户:密码@主机:端口/库名。",
        "no database address; write sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME.",
    )


_database_url = env_text(
    "DUZHAN_DATABASE_URL",
    "",
    "The database: sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME (libpq options and pool=N after ?).",
    shown="sqlite:///var/duzhan.sqlite3",
)
_sqlite = sqlite_database(DUZHAN_DATA_DIR / "duzhan.sqlite3")
DATABASES = {"default": database_at(_database_url) if _database_url else _sqlite}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = ["models.W040"]  # SQLite leaves out what an index holds besides its key: wanted so

# ---------------------------------------------------------------------------- what the worker sweeps away

DUZHAN_KEEP_DELIVERIES = timedelta(
    days=env_int("DUZHAN_KEEP_DELIVERIES_DAYS", 30, 1, 3650, "Days that what has been carried out stays written down.")
)
DUZHAN_KEEP_NOTICES = timedelta(
    days=env_int("DUZHAN_KEEP_NOTICES_DAYS", 180, 1, 3650, "Days that a notice stays after it was read or overtaken.")
)

# ---------------------------------------------------------------------------- apps, from the roof down

INSTALLED_APPS = [
    # config: the documentation inside the product
    "duzhan.config",
    # insight
    "duzhan.insight.briefing",
    "duzhan.insight.bulletins",
    "duzhan.insight.figures",
    "duzhan.insight.health",
    "duzhan.insight.notices",
    "duzhan.insight.overview",
    # supervision
    "duzhan.supervision.inspections",
    "duzhan.supervision.problems",
    # operations, places, people
    "duzhan.operations",
    "duzhan.places",
    "duzhan.people",
    # base
    "duzhan.base.ledger",
    "duzhan.base.ui",
    "duzhan.base.uploads",
    # other people's
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "csp",
    "django_htmx",
    "template_partials",
    "treebeard",
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "duzhan.config.middleware.Files",
    "django.middleware.gzip.GZipMiddleware",  # of random length, so that no size tells what a page holds
    "duzhan.config.middleware.ContentPolicy",
    "duzhan.config.middleware.Sessions",
    "duzhan.config.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "duzhan.config.middleware.Csrf",
    "duzhan.config.middleware.Authentication",
    "duzhan.operations.middleware.CurrentOperation",
    "duzhan.config.middleware.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "duzhan.config.middleware.Htmx",
    "allauth.account.middleware.AccountMiddleware",
    "duzhan.base.ui.refusals.RefusalPages",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "duzhan.config.urls"
WSGI_APPLICATION = "duzhan.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["template_partials.templatetags.partials"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "duzhan.base.ui.context.frame",
            ],
        },
    }
]
FORM_RENDERER = "duzhan.base.ui.fields.Renderer"

# ---------------------------------------------------------------------------- signing in

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "duzhan.config.sign_in.SignIn",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"

ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
ACCOUNT_ADAPTER = "duzhan.config.sign_in.ClosedAccounts"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _base.scheme
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# a whole bureau may have one address; failures are counted by axes
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": None}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_USER_DISPLAY = "duzhan.config.sign_in.display_name"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "督战"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "duzhan.config.sign_in.claimed_name"
AXES_CLIENT_IP_CALLABLE = "duzhan.config.sign_in.client_address"
AXES_LOCKOUT_CALLABLE = "duzhan.config.sign_in.locked_out"
AXES_VERBOSE = False

OIDC_URL, _oidc = env_url("DUZHAN_OIDC_URL", "", ("http", "https"), "The organisation's OpenID Connect server.")
OIDC_CLIENT = env_text("DUZHAN_OIDC_CLIENT_ID", "", "Duzhan's name at that server.")
OIDC_SECRET = env_text("DUZHAN_OIDC_CLIENT_SECRET", "", "Duzhan's secret at that server.")
OIDC_NAME = env_text("DUZHAN_OIDC_NAME", "单位统一登录", "What the button on the sign-in page says.")
if len({bool(OIDC_URL), bool(OIDC_CLIENT), bool(OIDC_SECRET)}) > 1:
    stop(
        "DUZHAN_OIDC_URL",
        "统一登录要三项齐全：DUZHAN_OIDC_URL、DUZHAN_OIDC_CLIENT_ID、DUZHAN_OIDC_CLIENT_SECRET；或三项都不写。",
        "set all of DUZHAN_OIDC_URL, DUZHAN_OIDC_CLIENT_ID and DUZHAN_OIDC_CLIENT_SECRET, or none of them.",
    )
SOCIALACCOUNT_ADAPTER = "duzhan.config.sign_in.ClosedOrganisationAccounts"
SOCIALACCOUNT_ONLY = False
# somebody who is here already is known by the e-mail that the organisation has verified
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "organisation",
                "name": OIDC_NAME,
                "client_id": OIDC_CLIENT,
                "secret": OIDC_SECRET,
                "settings": {"server_url": OIDC_URL},
            }
        ]
        if OIDC_URL
        else [],
    }
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
        # browsers hold a form to this rule through every redirect, and OIDC redirects the sign-in form
        "form-action": ["'self'", *([f"{_oidc.scheme}://{_oidc.netloc}"] if OIDC_URL else [])],
    }
}

# ---------------------------------------------------------------------------- language and time

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "duzhan" / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# ---------------------------------------------------------------------------- the bar

DUZHAN_NAV = [  # (label, page, who sees it: a question about the person; None: everybody)
    (_("今日"), "home", "duzhan.people.queries.reads_areas"),
    (_("收件箱"), "inbox", "duzhan.people.queries.stands_for_a_unit"),
    (_("问题台账"), "problem-list", None),
    (_("走访检查"), "visit-list", None),
    (_("点位"), "point-list", None),
    (_("晚间调度"), "meeting", "duzhan.people.queries.reads_areas"),
    (_("日报"), "report-list", "duzhan.people.queries.reads_areas"),
    (_("外来通报"), "bulletin-list", None),
    (_("系统状况"), "health", "duzhan.insight.health.queries.keeps_the_system"),
]

DUZHAN_BELL = ("notice-list", "duzhan.insight.notices.queries.unread_count")  # page, how much waits there for a person

# ---------------------------------------------------------------------------- files, mails, log

STATIC_URL = "static/"
STATIC_ROOT = DUZHAN_DATA_DIR / "static"
MEDIA_ROOT = DUZHAN_DATA_DIR / "uploads"
_static_storage = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if DEBUG
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _static_storage},
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
DUZHAN_MAX_UPLOAD_BYTES = 1_048_576 * env_int("DUZHAN_MAX_UPLOAD_MB", 20, 1, 1024, "Largest attachment, in MB.")
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1_048_576
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_NUMBER_FILES = 100
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

SMTP_URL, _smtp = env_url(
    "DUZHAN_SMTP_URL",
    "",
    ("smtp", "smtps"),
    "Mail server, smtps://USER:PASSWORD@HOST:PORT; without it mails go to a folder.",
)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if SMTP_URL else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = DUZHAN_DATA_DIR / "mails"
EMAIL_HOST = _smtp.hostname or "localhost"
EMAIL_PORT = _smtp.port or {"smtps": 465}.get(_smtp.scheme, 25)
EMAIL_HOST_USER = unquote(_smtp.username or "")
EMAIL_HOST_PASSWORD = unquote(_smtp.password or "")
EMAIL_USE_SSL = _smtp.scheme == "smtps"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env_text(
    "DUZHAN_MAIL_FROM",
    f"duzhan@{_base.hostname}",
    "Sender of Duzhan's mails.",
    shown="duzhan@ and the host of DUZHAN_BASE_URL",
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {
        "handlers": ["stderr"],
        "level": env_choice(
            "DUZHAN_LOG_LEVEL",
            "INFO",
            ("DEBUG", "INFO", "WARNING", "ERROR"),
            "How much the log on stderr says.",
        ),
    },
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "axes": {"level": "WARNING"},
    },
}
