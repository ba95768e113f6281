"""Where a web server takes hold of Duzhan: `gunicorn duzhan.config.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duzhan.config.settings")

application = get_wsgi_application()
