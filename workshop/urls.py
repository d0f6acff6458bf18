"""Routes of the workshop pages."""

from django.urls import path

from workshop.views import declined_work, imports, lists, new_order, orders, running_imports, search

app_name = "workshop"
urlpatterns = [
    path("search/", search.search, name="search"),
    path("repair-orders/", lists.orders, name="orders"),
    path("repair-orders/export.<slug:file_format>", lists.export_orders, name="export-orders"),
    path("repair-orders/new/", new_order.create_order, name="create-order"),
    path("repair-orders/new/cars/", new_order.find_car, name="find-car"),
    path("repair-orders/<int:pk>/", orders.order, name="order"),
    path("repair-orders/<int:pk>/show/<slug:group>/", orders.order_group, name="order-group"),
    path("repair-orders/<int:pk>/edit/<slug:group>/", orders.edit_order, name="edit-order"),
    path("repair-orders/<int:pk>/history/", orders.order_history, name="order-history"),
    path("repair-orders/<int:pk>/authorize/", orders.authorize, name="authorize"),
    path("repair-orders/<int:pk>/release/", orders.release, name="release"),
    path("repair-orders/<int:pk>/undo-release/", orders.undo_release, name="undo-release"),
    path("repair-orders/<int:pk>/cancel/", orders.cancel, name="cancel"),
    path(
        "repair-orders/<int:pk>/declined-work/",
        declined_work.note_declined_work,
        name="note-declined-work",
    ),
    path(
        "declined-work/<int:pk>/settle/",
        declined_work.settle_declined_work,
        name="settle-declined-work",
    ),
    path("customers/<int:pk>/orders/", lists.orders_of_customer, name="orders-of-customer"),
    path("imports/", imports.list_imports, name="imports"),
    path("imports/new/", imports.upload_import, name="upload-import"),
    path("imports/<int:pk>/", running_imports.show_import, name="import"),
    path("imports/<int:pk>/encoding/", imports.choose_encoding, name="choose-encoding"),
    path("imports/<int:pk>/columns/", imports.import_columns, name="import-columns"),
    path("imports/<int:pk>/progress/", running_imports.import_progress, name="import-progress"),
    path("imports/<int:pk>/confirm/", running_imports.confirm_import, name="confirm-import"),
    path("imports/<int:pk>/rejected/", running_imports.rejected_rows, name="rejected-rows"),
    path("imports/<int:pk>/undo/", running_imports.undo_import, name="undo-import"),
    path("imports/<int:pk>/discard/", imports.discard_import, name="discard-import"),
    path("vehicles/<int:pk>/orders/", lists.orders_of_vehicle, name="orders-of-vehicle"),
]
