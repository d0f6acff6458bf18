"""Addresses of the queue, the call desk, registers, matters, and what supervisors set."""

from django.urls import path

from followups.views import calls, claims, desk, inbound, matters, queue, register

app_name = "followups"

urlpatterns = [
    path("queue/", queue.show_queue, name="queue"),
    path("queue/next/", queue.take_next, name="next"),
    path("queue/<int:customer_id>/", desk.desk, name="desk"),
    path("queue/<int:customer_id>/record/", desk.record, name="record"),
    path("queue/<int:customer_id>/claim/", claims.claim, name="claim"),
    path("queue/<int:customer_id>/heartbeat/", claims.heartbeat, name="heartbeat"),
    path("queue/<int:customer_id>/draft/", claims.save_draft, name="save-draft"),
    path("queue/<int:customer_id>/leave/", claims.leave, name="leave"),
    path("queue/<int:customer_id>/skip/", claims.skip, name="skip"),
    path("queue/<int:customer_id>/take-back/", claims.take_back, name="take-back"),
    path("calls/inbound/", inbound.inbound, name="inbound"),
    path("calls/inbound/<int:customer_id>/", inbound.inbound_desk, name="inbound-desk"),
    path("calls/inbound/<int:customer_id>/claim/", inbound.claim_inbound, name="claim-inbound"),
    path("pop/", inbound.pop, name="pop"),
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
