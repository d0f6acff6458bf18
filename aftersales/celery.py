"""The queue. A task is a doorbell: what is owed stands in rows, and the next ring finds it.

So a lost task costs nothing but time, and one that is run twice changes nothing.
"""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

from aftersales.local.processes import die_with_parent

# Redis hands a task out again after this long: later than any task may still be running.
VISIBILITY = {"visibility_timeout": 900}

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersales.settings")

app = Celery("aftersales")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    accept_content=["json"],
    task_serializer="json",
    timezone="UTC",
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_time_limit=300,
    worker_prefetch_multiplier=1,
    worker_soft_shutdown_timeout=10,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options=VISIBILITY,
    result_backend_transport_options=VISIBILITY,
    **VISIBILITY,
    beat_scheduler="aftersales.beat:LockedScheduler",
    beat_max_loop_interval=5,
    # Plain intervals only. What a day, a month or a deadline is, the tasks know, not beat.
    beat_schedule={
        "heartbeat": {
            "task": "aftersales.heartbeat",
            "schedule": 30,
            "options": {"expires": 60},
        },
        "forget-what-has-ended": {
            "task": "aftersales.forget_what_has_ended",
            "schedule": 24 * 60 * 60,
        },
        "resume-imports": {
            "task": "workshop.resume_imports",
            "schedule": 15,
            "options": {"expires": 15},
        },
        "discard-forgotten-imports": {
            "task": "workshop.discard_forgotten_imports",
            "schedule": 60 * 60,
        },
        **{
            name: {
                "task": f"followups.{name}",
                "schedule": 30,
                "options": {"expires": 30},
            }
            for name in (
                "sweep_customer_files",
                "sweep_first_calls",
                "sweep_second_calls",
                "sweep_matters",
                "sweep_answers",
                "sweep_campaign_notices",
                "sweep_campaign_letters",
                "sweep_campaign_reminders",
                "expire_claims",
                "relay_outbox",
                "deliver_webhooks",
                "resume_letters",
            )
        },
        # Its windows count days, and it looks at every car.
        "sweep_reminders": {
            "task": "followups.sweep_reminders",
            "schedule": 10 * 60,
            "options": {"expires": 10 * 60},
        },
        "send-digests": {
            "task": "reports.send_digests",
            "schedule": 15 * 60,
            "options": {"expires": 15 * 60},
        },
        "find-duplicates": {
            "task": "customers.find_duplicates",
            "schedule": 24 * 60 * 60,
        },
    },
)
app.autodiscover_tasks()


@worker_process_init.connect
def _die_with_worker(**_: Any) -> None:
    die_with_parent(os.getppid())
