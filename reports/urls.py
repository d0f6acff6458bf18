"""Routes of the reports pages."""

from django.urls import path

from reports.views import campaigns, complaints, customer_file, digests, mailboxes, measures

app_name = "reports"
urlpatterns = [
    path("customers/<int:pk>/", customer_file.customer_file, name="customer"),
    path("customers/<int:pk>/timeline/", customer_file.customer_timeline, name="customer-timeline"),
    path("customers/<int:pk>/history/", customer_file.customer_history, name="customer-history"),
    path("customers/<int:pk>/form/", customer_file.customer_form, name="customer-form"),
    path("campaigns/<int:pk>/results/", campaigns.campaign_results, name="campaign-results"),
    path("complaints/weeks/", complaints.complaint_weeks, name="complaint-weeks"),
    path(
        "complaints/weeks/export.<slug:file_format>",
        complaints.export_complaint_weeks,
        name="export-complaint-weeks",
    ),
    path("complaints/months/", complaints.complaint_months, name="complaint-months"),
    path(
        "complaints/months/export.<slug:file_format>",
        complaints.export_complaint_months,
        name="export-complaint-months",
    ),
    path("digests/", digests.all_digests, name="digests"),
    path("digests/mailboxes/", mailboxes.mailboxes, name="mailboxes"),
    path("digests/<slug:department>/", digests.department_digest, name="digest"),
    path(
        "digests/<slug:department>/measures/enter/",
        measures.enter_measure,
        name="enter-measure",
    ),
    path("measures/<int:pk>/change/", measures.change_measure, name="change-measure"),
    path("measures/<int:pk>/check-off/", measures.check_off, name="check-off-measure"),
    path("measures/<int:pk>/take-back/", measures.take_back_check, name="take-back-check"),
]
