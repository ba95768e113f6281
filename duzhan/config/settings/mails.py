"""Mails: through a server, or into a folder."""

from urllib.parse import unquote

from .environment import env_text, env_url
from .places import DUZHAN_DATA_DIR
from .web import base

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
    f"duzhan@{base.hostname}",
    "Sender of Duzhan's mails.",
    shown="duzhan@ and the host of DUZHAN_BASE_URL",
)
