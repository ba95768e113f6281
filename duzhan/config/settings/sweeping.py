"""What the worker sweeps away, and when."""

from datetime import timedelta

from .environment import env_int

DUZHAN_KEEP_DELIVERIES = timedelta(
    days=env_int("DUZHAN_KEEP_DELIVERIES_DAYS", 30, 1, 3650, "Days that what has been carried out stays written down.")
)
DUZHAN_KEEP_NOTICES = timedelta(
    days=env_int("DUZHAN_KEEP_NOTICES_DAYS", 180, 1, 3650, "Days that a notice stays after it was read or overtaken.")
)
DUZHAN_KEEP_SIGN_INS = timedelta(
    days=env_int(
        "DUZHAN_KEEP_SIGN_INS_DAYS", 190, 1, 3650, "Days that it stays known who signed in, when and from where."
    )
)
