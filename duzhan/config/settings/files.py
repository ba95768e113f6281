"""Files: those of the pages, and what people attach."""

from .environment import env_int
from .places import DUZHAN_DATA_DIR
from .web import DEBUG

STATIC_URL = "static/"
STATIC_ROOT = DUZHAN_DATA_DIR / "static"
MEDIA_ROOT = DUZHAN_DATA_DIR / "uploads"
_static_storage = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if DEBUG
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _static_storage},
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
DUZHAN_MAX_UPLOAD_BYTES = 1_048_576 * env_int("DUZHAN_MAX_UPLOAD_MB", 20, 1, 1024, "Largest attachment, in MB.")
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1_048_576
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_NUMBER_FILES = 100
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
