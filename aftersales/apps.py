from django.apps import AppConfig

# Imported for their effect: checks register, tasks and their callers bind to the queue.
from aftersales import celery, checks  # noqa: F401


class AftersalesConfig(AppConfig):
    name = "aftersales"
