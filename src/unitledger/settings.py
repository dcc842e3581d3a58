"""Django's settings. Everything that differs between installations comes from the environment.

Importing this module needs a database: open the installation first (`installation.opened`),
or set DATABASE_URL. docs/reference/settings.md lists the variables.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import Any
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict

from unitledger import installation
from unitledger.logs import configure_logging

CONNECTION_SECONDS_MAX = 60


def database_settings(url: str) -> dict[str, Any]:
    parts = {name: value for name, value in conninfo_to_dict(url).items() if value is not None}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        "OPTIONS": {"application_name": "unitledger", **parts},
        "CONN_MAX_AGE": CONNECTION_SECONDS_MAX,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,  # a transaction is opened where a use case says so
    }


def _secret_key() -> str:
    """Sessions and form tokens are signed with a key of their own, made from the one that is kept.

    So a signature that leaks says nothing about what encrypts the Xero tokens.
    """
    return hmac.new(installation.encryption_key(), b"django-signing", hashlib.sha256).hexdigest()


_public_url = urlsplit(os.environ.get("UNITLEDGER_URL", ""))
_is_https = _public_url.scheme == "https"
_local_hosts = ["localhost", "127.0.0.1", "[::1]"]

DEBUG = False
SECRET_KEY = _secret_key()
DATABASES = {"default": database_settings(installation.database_url())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "procrastinate.contrib.django",
    "unitledger.store",
    "unitledger.jobs",  # its tasks.py is imported by Procrastinate at start
    "unitledger.web",
]
AUTH_USER_MODEL = "store.User"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "unitledger.web.middleware.content_security",
    "unitledger.web.middleware.private",
    "unitledger.web.middleware.NoNullBytes",
    "unitledger.web.middleware.one_asker_at_a_time",
]
LOGIN_URL = "sign-in"
ROOT_URLCONF = "unitledger.web.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Bounded while they come in: a form is read before anybody knows who sent it.
FILE_UPLOAD_HANDLERS = ["unitledger.web.uploads.BoundedUpload"]

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # served from the installed packages; nothing has to be collected

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

ALLOWED_HOSTS = [*_local_hosts, *([_public_url.hostname] if _public_url.hostname else [])]
CSRF_TRUSTED_ORIGINS = [f"https://{_public_url.netloc}"] if _is_https else []
SESSION_ENGINE = "unitledger.store.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _is_https
CSRF_COOKIE_HTTPONLY = True  # forms carry the token; no script reads it
CSRF_COOKIE_SECURE = _is_https
# Who was here once over TLS comes back that way only. A month: long enough to protect somebody who
# comes every week, short enough to undo.
SECURE_HSTS_SECONDS = 30 * 24 * 3600 if _is_https else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _is_https else None
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True

LOGGING_CONFIG = None  # structlog is set up instead, with secrets taken out of every line
configure_logging(
    level=os.environ.get("UNITLEDGER_LOG_LEVEL", "WARNING"),
    as_json=os.environ.get("UNITLEDGER_LOG_FORMAT", "text") == "json",
)
