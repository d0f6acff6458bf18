"""Addresses of the queue, the call desk, registers, matters, and what supervisors set."""

from django.urls import path

from followups.views import calls, matters, register

app_name = "followups"

urlpatterns = [
    path("calls/", register.calls, name="calls"),
    path("calls/export.<slug:file_format>", register.export_calls, name="export-calls"),
    path("calls/form/", register.register_form, name="register-form"),
    path("calls/<int:pk>/", calls.call, name="call"),
    path("calls/<int:pk>/form/", calls.call_form, name="call-form"),
    path("calls/<int:pk>/correct/", calls.correct_call, name="correct-call"),
    path("matters/", matters.matters, name="matters"),
    path("matters/<int:pk>/", matters.matter, name="matter"),
    path("matters/<int:pk>/answer/", matters.answer_matter, name="answer-matter"),
    path("matters/<int:pk>/close/", matters.close_matter, name="close-matter"),
]
