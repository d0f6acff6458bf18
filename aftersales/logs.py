"""Which request or task a line of the log comes from."""

import logging
import re
from contextvars import ContextVar
from uuid import uuid4

from celery import current_task
from django.http import HttpRequest

# What a proxy in front may call a request: nothing that could pretend to be another line.
REQUEST_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)

# Set once a request and never taken back: an answer may still be sent after its request.
_request_id: ContextVar[str] = ContextVar("request_id", default="-")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"origin": {"()": "aftersales.logs.OriginFilter"}},
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {origin} {message}", "style": "{"}
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["origin"],
            "formatter": "line",
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    # Without handlers of its own.
    "loggers": {"django": {"level": "INFO"}},
}


def name_request(request: HttpRequest) -> str:
    """Return by what the log calls a request from now on: its own X-Request-ID, or a new one."""
    given = request.headers.get("X-Request-ID", "")
    name = given if REQUEST_ID.fullmatch(given) else uuid4().hex
    _request_id.set(name)
    return name


class OriginFilter(logging.Filter):
    """Lets every record through and notes its `origin`."""

    def filter(self, record: logging.LogRecord) -> bool:
        in_task = current_task and current_task.request.id
        record.origin = f"task={in_task}" if in_task else f"request={_request_id.get()}"
        return True
