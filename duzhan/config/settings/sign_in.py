"""Signing in: accounts of our own, the organisation's, and how often one may try."""

from datetime import timedelta

from .environment import env_text, env_url, stop

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "duzhan.config.sign_in.SignIn",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "duzhan.config.sign_in.ClosedAccounts"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# a whole bureau may have one address; failures are counted by axes
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": None}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_USER_DISPLAY = "duzhan.config.sign_in.display_name"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "督战"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "duzhan.config.sign_in.claimed_name"
AXES_CLIENT_IP_CALLABLE = "duzhan.config.sign_in.client_address"
AXES_LOCKOUT_CALLABLE = "duzhan.config.sign_in.locked_out"
AXES_VERBOSE = False

OIDC_URL, organisation = env_url("DUZHAN_OIDC_URL", "", ("http", "https"), "The organisation's OpenID Connect server.")
OIDC_CLIENT = env_text("DUZHAN_OIDC_CLIENT_ID", "", "Duzhan's name at that server.")
OIDC_SECRET = env_text("DUZHAN_OIDC_CLIENT_SECRET", "", "Duzhan's secret at that server.")
OIDC_NAME = env_text("DUZHAN_OIDC_NAME", "单位统一登录", "What the button on the sign-in page says.")
if len({bool(OIDC_URL), bool(OIDC_CLIENT), bool(OIDC_SECRET)}) > 1:
    stop(
        "DUZHAN_OIDC_URL",
        "统一登录要三项齐全：DUZHAN_OIDC_URL、DUZHAN_OIDC_CLIENT_ID、DUZHAN_OIDC_CLIENT_SECRET；或三项都不写。",
        "set all of DUZHAN_OIDC_URL, DUZHAN_OIDC_CLIENT_ID and DUZHAN_OIDC_CLIENT_SECRET, or none of them.",
    )
SOCIALACCOUNT_ADAPTER = "duzhan.config.sign_in.ClosedOrganisationAccounts"
SOCIALACCOUNT_ONLY = False
# somebody who is here already is known by the e-mail that the organisation has verified
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "organisation",
                "name": OIDC_NAME,
                "client_id": OIDC_CLIENT,
                "secret": OIDC_SECRET,
                "settings": {"server_url": OIDC_URL},
            }
        ]
        if OIDC_URL
        else [],
    }
}
