"""Reading the environment: what is set, and a sentence that stops the start where it cannot be read as meant."""

import os
import sys
from typing import NoReturn
from urllib.parse import urlsplit

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
