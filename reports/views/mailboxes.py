"""Where the departments get their digests."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aftersales.http import StaffRequest
from reports.forms.mailboxes import MailboxForm
from reports.services import mailboxes as services


@require_http_methods(["GET", "HEAD", "POST"])
def mailboxes(request: StaffRequest) -> HttpResponse:
    """Show and change the address and language of each department."""
    forms = [
        MailboxForm(request.POST or None, instance=mailbox, prefix=mailbox.department)
        for mailbox in services.mailboxes()
    ]
    if request.method == "POST" and all(form.is_valid() for form in forms):
        changes = {str(form.prefix): form.changes for form in forms if form.has_changed()}
        services.change_mailboxes(changes, by=request.user)
        messages.success(request, _("The addresses are saved."))
        return redirect("reports:digests")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(request, "reports/digest/mailboxes.html", {"forms": forms}, status=status)
