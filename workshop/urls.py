"""Routes of the workshop pages."""

from django.urls import path

from workshop.views import search

app_name = "workshop"
urlpatterns = [
    path("search/", search.search, name="search"),
]
