"""The routes of the whole application; the only module here that knows the apps."""

from django.urls import include, path

from aftersales.views import (
    account,
    api_docs,
    health,
    list_views,
    login,
    styleguide,
    users,
    welcome,
)
from followups.views import owners
from reports.views import home

urlpatterns = [
    path("", home.home, name="home"),
    path("login/", login.login, name="login"),
    path("login/code/", login.login_code, name="login-code"),
    path("logout/", login.logout, name="logout"),
    path("welcome/", welcome.choose_password, name="choose-password"),
    path("welcome/<str:link>/", welcome.welcome, name="welcome"),
    path("preferences/", account.preferences, name="preferences"),
    path("account/", account.account, name="account"),
    path("account/password/", account.change_password, name="change-password"),
    path("account/sessions/end/", account.end_other_sessions, name="end-other-sessions"),
    path("account/second-factor/", account.second_factor, name="second-factor"),
    path(
        "account/second-factor/recovery-codes/",
        account.renew_recovery_codes,
        name="renew-recovery-codes",
    ),
    path(
        "account/second-factor/remove/",
        account.remove_second_factor,
        name="remove-second-factor",
    ),
    path("users/", users.list_users, name="users"),
    path("users/new/", users.create_user, name="create-user"),
    path("users/<int:pk>/", users.user, name="user"),
    path("users/<int:pk>/change/", users.change_user, name="change-user"),
    path("users/<int:pk>/link/", users.issue_link, name="issue-link"),
    path("users/<int:pk>/deactivate/", owners.deactivate_user, name="deactivate-user"),
    path("users/<int:pk>/reactivate/", users.reactivate_user, name="reactivate-user"),
    path(
        "users/<int:pk>/remove-second-factor/",
        users.remove_second_factor_of_user,
        name="remove-second-factor-of-user",
    ),
    path("lists/save/", list_views.save_list, name="save-list"),
    path("lists/<int:pk>/", list_views.saved_list, name="saved-list"),
    path("lists/<int:pk>/delete/", list_views.delete_saved_list, name="delete-saved-list"),
    path("healthz", health.healthz, name="healthz"),
    path("health/", health.health, name="health"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("", include("customers.urls")),
    path("", include("workshop.urls")),
    path("", include("followups.urls")),
    path("", include("reports.urls")),
    path("api/v1/docs/", api_docs.api_docs, name="api-docs"),
    path("api/v1/", include("aftersales.api_urls")),
]

handler400 = "aftersales.api.problems.bad_request"
handler404 = "aftersales.api.problems.not_found"
handler500 = "aftersales.api.problems.server_error"
