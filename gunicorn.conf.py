"""The web server: `gunicorn aftersales.wsgi` reads this in the project's folder."""

import os
from typing import Any

from aftersales.local.processes import die_with_parent
from aftersales.local.web import web_address

bind = web_address().bind
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
# Loads the code once for both workers, which halves their start.
preload_app = True
# Longer than any statement may take (`statement_timeout`), so the database gives up first.
timeout = 30
graceful_timeout = 10
max_requests = 10_000
max_requests_jitter = 1_000
control_socket_disable = True


def post_fork(server: Any, worker: Any) -> None:
    die_with_parent(worker.ppid)
