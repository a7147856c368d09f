"""The receipt of an answer: on the page, and as a PDF to keep."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from convergences.campaigns.letters import receipts
from convergences.campaigns.models import DesignationState
from convergences.campaigns.services import answering, registering
from convergences.pages.designation import doors
from convergences.pages.designation.doors import AnsweringRequest


@doors.inner_page("GET", "HEAD")
def show(request: AnsweringRequest) -> HttpResponseBase:
    """Show the answer that stands, its number and how far it is."""
    designation = answering.answered(request.invitation)
    if designation is None:
        return redirect("designation:form")
    said = {
        "designation": designation,
        "answer": registering.read(designation),
        "validated": designation.state == DesignationState.VALIDATED,
        "invitation": request.invitation,
        "organization": request.invitation.organization,
    }
    return render(request, "designation/receipt.html", said)


@doors.inner_page("GET", "HEAD")
def download(request: AnsweringRequest) -> HttpResponseBase:
    """Return the receipt as a PDF."""
    designation = answering.answered(request.invitation)
    if designation is None:
        raise Http404
    content = receipts.write(designation, registering.read(designation))
    name = f"accuse-{designation.receipt_number}.pdf"
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
