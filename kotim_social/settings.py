"""Settings: one file, read from the environment; a wrong value stops the start with a sentence."""

import secrets
from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

django_stubs_ext.monkeypatch()
BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

VAR_DIR = Path(env.str("KOTIM_VAR_DIR", default=str(BASE_DIR / "var")))
EMBEDDED_POSTGRES_DIR = env.str("KOTIM_EMBEDDED_POSTGRES_DIR", default=str(VAR_DIR / "postgres"))
PRIVATE_FILES_DIR = env.str("KOTIM_FILES_DIR", default=str(VAR_DIR / "files"))
KOTIM_KEY_FILE = env.str("KOTIM_KEY_FILE", default=str(VAR_DIR / "keys.json"))
BACKUP_DIR = env.str("BACKUP_DIR", default=str(VAR_DIR / "backup"))
# Backups are encrypted to this key; the key that opens them is on paper and not on the server.
BACKUP_PUBLIC_KEY = env.str("BACKUP_PUBLIC_KEY", default=str(VAR_DIR / "backup-key.pub"))
BACKUP_KEEP = env.int("BACKUP_KEEP", default=14)
if BACKUP_KEEP < 1:
    raise ImproperlyConfigured(f"BACKUP_KEEP is {BACKUP_KEEP}; set it to 1 or more.")


def _secret_key_of_this_machine() -> str:
    """Makes the key on the first start and keeps it beside the data, readable by its owner only."""
    path = VAR_DIR / "secret_key"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(secrets.token_urlsafe(64))
    except FileExistsError:
        pass
    return path.read_text()


DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SECRET_KEY = env.str("SECRET_KEY", default="") or _secret_key_of_this_machine()
# The private server on this machine talks plain HTTP to 127.0.0.1; a real server says HTTPS=on.
HTTPS = env.bool("HTTPS", default=False)

OFFICE_NAME = env.str("OFFICE_NAME", default="Dinas Sosial Kabupaten Kotawaringin Timur")
OFFICE_GOVERNMENT = env.str("OFFICE_GOVERNMENT", default="Pemerintah Kabupaten Kotawaringin Timur")
OFFICE_ADDRESS = env.str("OFFICE_ADDRESS", default="Sampit, Kalimantan Tengah")
OFFICE_TOWN = env.str("OFFICE_TOWN", default="Sampit")
PAPER_SIZE = env.str("PAPER_SIZE", default="F4")
PAPER_CLASSIFICATION = env.str("PAPER_CLASSIFICATION", default="460")
REGISTER_PREFIX = env.str("REGISTER_PREFIX", default="KTM")
# The work list: how many days make "soon", "no contact" and "waits to go home", and how often
# somebody who stays is visited.
WORK_DUE_DAYS = env.int("WORK_DUE_DAYS", default=7)
WORK_NO_CONTACT_DAYS = env.int("WORK_NO_CONTACT_DAYS", default=30)
WORK_WAITING_DAYS = env.int("WORK_WAITING_DAYS", default=30)
STAYER_VISIT_DAYS = env.int("STAYER_VISIT_DAYS", default=30)
for _name in ("WORK_DUE_DAYS", "WORK_NO_CONTACT_DAYS", "WORK_WAITING_DAYS", "STAYER_VISIT_DAYS"):
    if not 1 <= globals()[_name] <= 366:
        raise ImproperlyConfigured(f"{_name} is {globals()[_name]}; set it to 1 to 366 days.")
# A demo office holds invented people only, and every page says so.
IS_DEMO = (VAR_DIR / "demo.txt").exists()
PAPER_SIZES = ("F4", "F4_210", "A4")
if PAPER_SIZE not in PAPER_SIZES:
    raise ImproperlyConfigured(
        f"PAPER_SIZE is {PAPER_SIZE!r}; set it to one of {', '.join(PAPER_SIZES)}."
    )

INSTALLED_APPS = [
    "kotim_social",
    "kotim_social.audit",
    "kotim_social.regions",
    "kotim_social.accounts",
    "kotim_social.drafts",
    "kotim_social.idempotency",
    "kotim_social.files",
    "kotim_social.documents",
    "kotim_social.jobs",
    "cases",
    "disbursements",
    "repatriation",
    "kotim_social.desk",
    "kotim_social.operations",
    "kotim_social.accounts.admin_config.OfficeAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "pgtrigger",
    "pghistory",
    "crispy_forms",
    "crispy_bootstrap5",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    # Outermost what no answer may lack, whoever inside gives it: also the refusals of the others.
    "kotim_social.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "kotim_social.headers.MethodsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kotim_social.headers.PageGZipMiddleware",
    "kotim_social.operations.health.ProbeMiddleware",
    "kotim_social.replica.WrittenMiddleware",
    "kotim_social.audit.middleware.RequestTransactionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "kotim_social.accounts.middleware.SessionLimitsMiddleware",
    "kotim_social.audit.middleware.ActorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "kotim_social.drafts.middleware.DraftMiddleware",
    "kotim_social.accounts.middleware.SignInRequiredMiddleware",
]

ROOT_URLCONF = "kotim_social.urls"
WSGI_APPLICATION = "kotim_social.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kotim_social.context.office",
            ],
            "builtins": [
                "kotim_social.templatetags.ui",
                "kotim_social.templatetags.formats",
            ],
        },
    }
]


def _databases() -> dict[str, dict[str, Any]]:
    """The app role serves pages (`default`); the owner role migrates (`owner`), where known."""
    url = env.str("DATABASE_URL", default="")
    if not url:
        embedded = {"ENGINE": "kotim_social.embedded_postgres", "NAME": "kotim"}
        return {
            "default": {**embedded, "USER": "kotim_app"},
            "owner": {**embedded, "USER": "kotim_owner"},
        }
    databases = {"default": env.db_url("DATABASE_URL")}
    if env.str("DATABASE_OWNER_URL", default=""):
        databases["owner"] = env.db_url("DATABASE_OWNER_URL")
    if env.str("DATABASE_REPLICA_URL", default=""):
        databases["replica"] = env.db_url("DATABASE_REPLICA_URL")
    for alias, database in databases.items():
        if database["ENGINE"] != "django.db.backends.postgresql":
            raise ImproperlyConfigured(
                f"The URL of the database '{alias}' must begin with postgres://."
            )
    return databases


USES_EMBEDDED_POSTGRES = not env.str("DATABASE_URL", default="")
# A pooler in transaction mode stands between: nothing may be set for a whole connection.
POOLED = env.bool("DATABASE_POOLED", default=False)
KNOWS_OWNER = bool(env.str("DATABASE_OWNER_URL", default=""))
DATABASES = _databases()
for _alias, _database in DATABASES.items():
    _database.setdefault("OPTIONS", {})
    # Work for a page ends within these times; a waiting user gets a sentence instead (503).
    _limits = "-c lock_timeout=5s -c statement_timeout=30s" if _alias != "owner" else ""
    # Sums over everybody hash and sort in memory; compiling them first costs pages more than it
    # saves.
    _memory = "-c work_mem=32MB -c jit=off"
    if POOLED and _alias != "owner":
        # The role has them: deploy/postgresql/pooled.sql. No cursor outlives its transaction.
        _database["DISABLE_SERVER_SIDE_CURSORS"] = True
    else:
        _database["OPTIONS"]["options"] = f"-c timezone=Asia/Jakarta {_memory} {_limits}".strip()
    # Django would otherwise set UTC after connecting: CURRENT_DATE must be the day in Sampit.
    _database["TIME_ZONE"] = "Asia/Jakarta"
    _database["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    _database["CONN_HEALTH_CHECKS"] = True
DATABASE_ROUTERS: list[str] = []
if "replica" in DATABASES:
    # Reports, totals and search read it: kotim_social/replica.py.
    DATABASES["replica"]["OPTIONS"]["connect_timeout"] = 2
    DATABASE_ROUTERS = ["kotim_social.replica.ReplicaRouter"]
if "owner" in DATABASES:
    # Tests: the owner makes the test database, everything else speaks to it as the app role.
    DATABASES["default"]["TEST"] = {"MIRROR": "owner"}
    DATABASES["owner"]["TEST"] = {"DEPENDENCIES": []}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Jakarta"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False
FORMAT_MODULE_PATH = ["kotim_social.formats"]

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Long work waits in the same database; `manage.py job_worker` does it.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
# The package's own migrations move rows through the app role, which may not see what the owner
# has just made. The queue begins here, so there are no rows to move: one migration of ours.
MIGRATION_MODULES = {"django_tasks_database": "kotim_social.jobs.queue_tables.migrations"}

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "kotim_social.accounts.passwords.ContextValidator"},
]
AUTHENTICATION_BACKENDS = ["kotim_social.accounts.backends.OneAnswerBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "kotim_social.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_PREVENT_ENUMERATION = True
# How many proxies of our own stand in front: failed sign-ins are counted per visitor's address.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
# Failed sign-ins: the wait grows for one name from one place, and is never for ever. The counts
# stand in the database, which all processes share.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "60/m/ip,5/1m/key,10/10m/key,20/1h/key,50/1d/key",
    "login_failed_anywhere": "100/1h/key",
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kotim_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
MFA_ADAPTER = "kotim_social.accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Kotim Social"
MFA_TOTP_PERIOD = 30
# A telephone's clock may be one step off; accounts/forms.py lets each code in once only.
MFA_TOTP_TOLERANCE = 1

SESSION_ENGINE = "kotim_social.accounts.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", default=30 * 60)
SESSION_ABSOLUTE_SECONDS = env.int("SESSION_ABSOLUTE_SECONDS", default=12 * 60 * 60)
# So long a half-filled form is kept for whoever typed it.
DRAFT_DAYS = env.int("DRAFT_DAYS", default=7)
if not 1 <= DRAFT_DAYS <= 31:
    raise ImproperlyConfigured(f"DRAFT_DAYS is {DRAFT_DAYS}; set it to 1 to 31 days.")
CSRF_COOKIE_HTTPONLY = True
CSRF_USE_SESSIONS = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# Under this prefix a browser takes a cookie over HTTPS only, from this host and for all of it: no
# other host of the office's domain, and nobody between, can set it.
_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_PREFIX}sessionid", f"{_PREFIX}csrftoken"
SECURE_SSL_REDIRECT = HTTPS
# A monitor on this machine asks without HTTPS; the answers hold no data.
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
# `./run --lan` sets 0: a browser that was told to insist lets nobody past its own certificate.
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_HSTS_SECONDS > 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# Not "no-referrer": under it a browser sends "Origin: null" with every form, which the CSRF check
# rightly refuses. No address inside carries personal data, and none is told to another host.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: [] for feature in ("camera", "geolocation", "microphone", "payment", "usb")
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
# Scans never lie in clear in a temporary file.
FILE_UPLOAD_HANDLERS = ["kotim_social.files.uploads.MemoryUploadHandler"]
DATA_UPLOAD_MAX_NUMBER_FILES = 5

CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False
PGTRIGGER_MIGRATIONS = True
SILENCED_SYSTEM_CHECKS: list[str] = []

EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

# Exception texts can hold a person's name (a constraint's detail, a template's variable), so
# the log says which error it was and where, never with which values.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "kotim_social.logs.NoValuesFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
