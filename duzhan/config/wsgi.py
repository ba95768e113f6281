"""Where a web server takes hold of Duzhan: `gunicorn duzhan.config.wsgi`."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duzhan.config.settings")

application = get_wsgi_application()
get_resolver().url_patterns  # every page is loaded before the first request, not by it  # noqa: B018
gc.collect()
gc.freeze()  # what is loaded stays: it need not be looked through again and again for what can go
