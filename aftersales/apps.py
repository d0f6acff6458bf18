from django.apps import AppConfig

# Tasks and their callers bind to the queue when Django starts.
from aftersales.celery import app as celery  # noqa: F401


class AftersalesConfig(AppConfig):
    name = "aftersales"
