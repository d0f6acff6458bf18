"""Routes of the customers pages."""

from django.urls import path

from customers.views import groups, new_file, phones, refusals

app_name = "customers"
urlpatterns = [
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
]
