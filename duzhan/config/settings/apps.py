"""The apps, from the roof down, and what each request and each page passes through."""

INSTALLED_APPS = [
    # config: the documentation inside the product
    "duzhan.config",
    # insight
    "duzhan.insight.briefing",
    "duzhan.insight.bulletins",
    "duzhan.insight.figures",
    "duzhan.insight.health",
    "duzhan.insight.notices",
    "duzhan.insight.overview",
    # supervision
    "duzhan.supervision.inspections",
    "duzhan.supervision.problems",
    # operations, places, people
    "duzhan.operations",
    "duzhan.places",
    "duzhan.people",
    # base
    "duzhan.base.ledger",
    "duzhan.base.ui",
    "duzhan.base.uploads",
    # other people's
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "csp",
    "django_htmx",
    "template_partials",
    "treebeard",
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "duzhan.config.middleware.Files",
    "django.middleware.gzip.GZipMiddleware",  # of random length, so that no size tells what a page holds
    "duzhan.config.middleware.ContentPolicy",
    "duzhan.config.middleware.Sessions",
    "duzhan.config.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "duzhan.config.middleware.Csrf",
    "duzhan.config.middleware.Authentication",
    "duzhan.operations.middleware.CurrentOperation",
    "duzhan.config.middleware.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "duzhan.config.middleware.Htmx",
    "allauth.account.middleware.AccountMiddleware",
    "duzhan.base.ui.refusals.RefusalPages",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "duzhan.config.urls"
WSGI_APPLICATION = "duzhan.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["template_partials.templatetags.partials"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "duzhan.base.ui.context.frame",
            ],
        },
    }
]
FORM_RENDERER = "duzhan.base.ui.fields.Renderer"
