"""Every setting of Duzhan. What an operator may choose is an environment variable; nothing else is read.

Without any variable Duzhan runs on SQLite under `var/`, for this machine only. A variable that
cannot be read as meant stops the start with a sentence that says what to write instead.

One part a subject; what each part sets in capitals is a setting of Django's or of ours.
"""

from .apps import *  # noqa: F403
from .bar import *  # noqa: F403
from .database import *  # noqa: F403
from .environment import DUZHAN_ENVIRONMENT  # noqa: F401 - the reference page is made from it
from .files import *  # noqa: F403
from .language import *  # noqa: F403
from .log import *  # noqa: F403
from .mails import *  # noqa: F403
from .places import *  # noqa: F403
from .secret import *  # noqa: F403
from .sign_in import *  # noqa: F403
from .sweeping import *  # noqa: F403
from .web import *  # noqa: F403
