"""Routes of the REST interface."""

from django.urls import URLPattern

app_name = "api"
urlpatterns: list[URLPattern] = []
