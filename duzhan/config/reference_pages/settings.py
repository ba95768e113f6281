"""What an operator may set, from the settings themselves."""

from duzhan.config import settings

from .writing import code, page, table


def text() -> str:
    rows = [
        (code(name), code(default), purpose) for name, (default, purpose) in sorted(settings.DUZHAN_ENVIRONMENT.items())
    ]
    return page(
        "Settings",
        "Everything an operator may choose is an environment variable, and nothing else is read. Nothing needs to be "
        "set for a first look. A value that cannot be read as meant stops the start with a sentence that says what to "
        "write instead, and exit code 2. `.env.example` is the same list to copy from.",
        table(["variable", "without it", "what it is for"], rows),
    )
