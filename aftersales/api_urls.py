"""Routes of the REST interface; like `urls.py`, this module knows the apps."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from aftersales.api.clients import MeView, TokensView, TokenView
from aftersales.api.schema import SchemaView
from customers.api.consultations import ConsultationViewSet
from customers.api.customers import CustomerViewSet, PhoneViewSet
from customers.api.vehicles import VehicleViewSet
from followups.api.absences import AbsenceViewSet
from followups.api.calls import CallViewSet
from followups.api.campaigns import CampaignViewSet
from followups.api.complaints import ComplaintViewSet
from followups.api.explanations import ExplanationViewSet
from followups.api.follow_ups import FollowUpViewSet
from followups.api.invitations import InvitationViewSet
from followups.api.letter_templates import LetterTemplateViewSet
from followups.api.letters import LetterViewSet
from followups.api.matters import MatterViewSet
from followups.api.policy import PolicyViewSet
from followups.api.queue import QueueViewSet
from followups.api.sweeps import SweepViewSet
from followups.api.webhooks import WebhookDeliveryViewSet, WebhookViewSet
from workshop.api.declined_work import DeclinedWorkViewSet
from workshop.api.import_rows import ImportRowViewSet
from workshop.api.imports import ImportViewSet
from workshop.api.orders import RepairOrderViewSet

router = SimpleRouter(use_regex_path=False)
router.register("customers", CustomerViewSet, basename="customer")
router.register("customers/<int:customer_id>/phones", PhoneViewSet, basename="phone")
router.register("vehicles", VehicleViewSet, basename="vehicle")
router.register("repair-orders", RepairOrderViewSet, basename="repair-order")
router.register("declined-work", DeclinedWorkViewSet, basename="declined-work")
router.register("consultations", ConsultationViewSet, basename="consultation")
router.register("imports", ImportViewSet, basename="import")
router.register("imports/<int:import_id>/rows", ImportRowViewSet, basename="import-row")
router.register("follow-ups", FollowUpViewSet, basename="follow-up")
router.register("queue", QueueViewSet, basename="queue")
router.register("calls", CallViewSet, basename="call")
router.register("complaints", ComplaintViewSet, basename="complaint")
router.register("matters", MatterViewSet, basename="matter")
router.register("campaigns", CampaignViewSet, basename="campaign")
router.register("invitations", InvitationViewSet, basename="invitation")
router.register("letters", LetterViewSet, basename="letter")
router.register("letter-templates", LetterTemplateViewSet, basename="letter-template")
router.register("absences", AbsenceViewSet, basename="absence")
router.register("sweeps", SweepViewSet, basename="sweep")
router.register("webhooks", WebhookViewSet, basename="webhook")
router.register("webhook-deliveries", WebhookDeliveryViewSet, basename="webhook-delivery")

app_name = "api"
urlpatterns = [
    *router.urls,
    path(
        "customers/<int:pk>/explanation/",
        ExplanationViewSet.as_view({"get": "retrieve"}, detail=True),
        name="explanation",
    ),
    path(
        "policy/",
        PolicyViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="policy",
    ),
    path("users/me/", MeView.as_view(), name="me"),
    path("auth/token/", TokenView.as_view(), name="token"),
    path("auth/tokens/", TokensView.as_view(), name="tokens"),
    path("schema/", SchemaView.as_view(), name="schema"),
]
