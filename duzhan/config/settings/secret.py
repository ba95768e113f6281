"""The key that signs sessions."""

import os
import secrets

from .environment import env_text, stop
from .places import DUZHAN_DATA_DIR


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
