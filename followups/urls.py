"""Addresses of the queue, the call desk, registers, matters, and what supervisors set."""

from django.urls import URLPattern

app_name = "followups"

urlpatterns: list[URLPattern] = []
