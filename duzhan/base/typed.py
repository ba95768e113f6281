"""What people type, as it is kept: without blanks at its ends, there when it must be, and not too long."""

from django.utils.translation import gettext as _

from .errors import BadInput


def text_of(text, field, longest, *, needed=True) -> str:
    """What was typed, without blanks at its ends. Raises BadInput when it is missing or too long."""
    text = (text or "").strip()
    if needed and not text:
        raise BadInput(_("请写明内容。"), field=field)
    if len(text) > longest:
        raise BadInput(_("内容超过 %(longest)s 字。") % {"longest": longest}, field=field)
    return text


def lines_of(text) -> list[str]:
    """Its lines, the empty ones left out."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]
