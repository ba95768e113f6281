"""The log, on stderr."""

from .environment import env_choice

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
