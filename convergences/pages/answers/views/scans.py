"""The scan of a paper answer, for the centre's eyes: in no cache, and nothing in it may run."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from convergences.campaigns.models import Designation, Invitation, KeptScan
from convergences.campaigns.services import paper
from convergences.pages.answers.guarded import for_answer, for_invitation
from convergences.web.actor import actor_of
from convergences.web.requests import CorrespondentRequest

# By the extension that we gave it once the file was read and written again; a picture is shown, a document is handed
# over: some browsers draw no PDF in a sandbox.
KINDS = {"jpg": ("image/jpeg", "inline"), "pdf": ("application/pdf", "attachment")}
POLICY = "default-src 'none'; sandbox"


@for_answer
@require_safe
def of_answer(request: CorrespondentRequest, designation: Designation) -> HttpResponse:
    """Send the scan of an answer."""
    return _send(request, designation, str(designation.scan.name), designation.receipt_number)


@for_invitation
@require_safe
def kept(request: CorrespondentRequest, invitation: Invitation, kept: UUID) -> HttpResponse:
    """Send a scan that waits, to who keeps it."""
    found = paper.kept_scan(invitation, str(kept), actor=actor_of(request))
    if found is None:
        raise Http404
    return _send(request, found, str(found.file.name), invitation.reference)


def _send(request: CorrespondentRequest, owner: Designation | KeptScan, name: str, said: str) -> HttpResponse:
    try:
        content = paper.read_scan(owner, actor=actor_of(request))
    except FileNotFoundError:
        raise Http404 from None
    extension = name.rpartition(".")[2]
    kind, disposition = KINDS[extension]
    headers = {
        "Content-Disposition": f'{disposition}; filename="designation-{said}.{extension}"',
        "Content-Security-Policy": POLICY,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    return HttpResponse(content, content_type=kind, headers=headers)
