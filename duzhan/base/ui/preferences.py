"""How a person likes to see it: theme, type size, language. Kept in cookies, so that the sign-in page knows them too."""

from django.utils.translation import gettext_lazy as _

COOKIES = {"theme": "dz_theme", "type": "dz_type"}
CHOICES = {
    "theme": (("light", _("浅色")), ("dark", _("深色")), ("sunlight", _("日光"))),
    "type": (("normal", _("标准")), ("large", _("大字"))),
}
YEAR = 365 * 24 * 3600


def preference(request, name) -> str:
    """The person's choice, or the first of the choices where there is none or an unknown one."""
    chosen = request.COOKIES.get(COOKIES[name])
    known = [value for value, _label in CHOICES[name]]
    return chosen if chosen in known else known[0]
