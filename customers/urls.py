"""Routes of the customers pages."""

from django.urls import path

from customers.views import (
    choices,
    consultations,
    duplicates,
    groups,
    lists,
    merges,
    new_file,
    phones,
    refusals,
    relations,
    vehicles,
)

app_name = "customers"
urlpatterns = [
    path("customers/", lists.customers, name="list"),
    path("customers/export.<slug:file_format>", lists.export_customers, name="export"),
    path("vehicles/", lists.vehicles, name="vehicles"),
    path("vehicles/export.<slug:file_format>", lists.export_vehicles, name="export-vehicles"),
    path("customers/new/", new_file.create, name="create"),
    path("customers/<int:pk>/show/<slug:group>/", groups.group, name="group"),
    path("customers/<int:pk>/edit/<slug:group>/", groups.edit, name="edit"),
    path("customers/<int:pk>/verify/", groups.verify_contact, name="verify-contact"),
    path("customers/<int:pk>/tracker/", groups.assign_tracker, name="assign-tracker"),
    path("customers/<int:pk>/phones/new/", phones.add_phone, name="add-phone"),
    path("customers/phones/<int:pk>/", phones.change_phone, name="change-phone"),
    path("customers/phones/<int:pk>/primary/", phones.make_primary, name="make-primary"),
    path("customers/phones/<int:pk>/remove/", phones.remove_phone, name="remove-phone"),
    path("customers/<int:pk>/refusals/new/", refusals.refuse_contact, name="refuse-contact"),
    path("customers/refusals/<int:pk>/lift/", refusals.lift_refusal, name="lift-refusal"),
    path("customers/choices/", choices.choices, name="choices"),
    path("vehicles/new/", vehicles.create_vehicle, name="create-vehicle"),
    path("vehicles/<int:pk>/", vehicles.vehicle, name="vehicle"),
    path("vehicles/<int:pk>/show/<slug:group>/", vehicles.vehicle_group, name="vehicle-group"),
    path("vehicles/<int:pk>/edit/<slug:group>/", vehicles.edit_vehicle, name="edit-vehicle"),
    path("vehicles/<int:pk>/history/", vehicles.vehicle_history, name="vehicle-history"),
    path("vehicles/<int:pk>/relations/new/", relations.relate, name="relate"),
    path("vehicles/<int:pk>/owner/", relations.change_owner, name="change-owner"),
    path("vehicles/relations/<int:pk>/end/", relations.end_relation, name="end-relation"),
    path("consultations/", consultations.consultations, name="consultations"),
    path("consultations/new/", consultations.create_consultation, name="create-consultation"),
    path("consultations/<int:pk>/", consultations.consultation, name="consultation"),
    path(
        "consultations/<int:pk>/edit/",
        consultations.change_consultation,
        name="change-consultation",
    ),
    path(
        "customers/duplicates/possible/", duplicates.possible_duplicates, name="possible-duplicates"
    ),
    path("customers/<int:survivor>/compare/<int:merged>/", merges.compare, name="compare"),
    path("customers/<int:survivor>/merge/<int:merged>/", merges.merge, name="merge"),
    path("duplicates/", duplicates.list_duplicates, name="duplicates"),
    path("duplicates/look/", duplicates.look_for_duplicates, name="look-for-duplicates"),
    path("duplicates/<int:pk>/dismiss/", duplicates.dismiss_pair, name="dismiss-pair"),
    path("duplicates/<int:pk>/restore/", duplicates.restore_pair, name="restore-pair"),
    path("merges/", merges.list_merges, name="merges"),
    path("merges/<int:pk>/undo/", merges.undo_merge, name="undo-merge"),
]
