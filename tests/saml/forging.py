"""What an attacker sends: each takes an honest message, and returns it altered."""

import base64
import copy
from collections.abc import Callable

from django.http import HttpResponse
from django.test import Client as Browser
from lxml import etree

from convergences.admission.models import Visit
from convergences.audit.models import AuditEvent
from convergences.authentication.models import Session
from convergences.protocols.saml import names
from convergences.protocols.saml.models import SeenMessage, Statement

SIGNATURE = names.signature("Signature")
EVIL_ID = "_of-the-attacker"


def traces() -> tuple[int, ...]:
    """Return what a message that is followed would change: visits, statements, open sessions, journal."""
    return (
        Visit.objects.count(),
        Visit.objects.filter(end_requested_at__isnull=True).count(),
        Visit.objects.filter(told_at__isnull=True).count(),
        Statement.objects.count(),
        Session.objects.filter(ended_at__isnull=True).count(),
        SeenMessage.objects.count(),
        AuditEvent.objects.count(),
    )


def encoded(document: str | bytes) -> str:
    """Return a document as a form carries it."""
    return base64.b64encode(document.encode() if isinstance(document, str) else document).decode()


def refused(response: HttpResponse) -> bool:
    """Tell whether a page said that the message is not followed."""
    return response.status_code == 400 and b"pas valable" in response.content.replace(b", ou plus,", b"")


def posted(document: str | bytes, *, to: str = "/saml/sso", name: str = "SAMLRequest") -> HttpResponse:
    """Post a document as a browser does from another site."""
    answer: HttpResponse = Browser().post(to, {name: encoded(document)})
    return answer


def _evil(root: etree._Element) -> etree._Element:
    """Return a copy of a message that says what the attacker wants, without its signature."""
    copied = copy.deepcopy(root)
    signature = copied.find(SIGNATURE)
    assert signature is not None
    copied.remove(signature)
    copied.set("ID", EVIL_ID)
    return copied


def _without_signature(root: etree._Element) -> tuple[etree._Element, etree._Element]:
    honest = copy.deepcopy(root)
    signature = honest.find(SIGNATURE)
    assert signature is not None
    honest.remove(signature)
    return honest, signature


def _xsw1(root: etree._Element) -> etree._Element:
    """The attacker's message, around a signature that holds the honest one."""
    honest, signature = _without_signature(root)
    evil = _evil(root)
    signature.append(honest)
    evil.insert(1, signature)
    return evil


def _xsw2(root: etree._Element) -> etree._Element:
    """The attacker's message, the honest one beside its detached signature."""
    honest, signature = _without_signature(root)
    evil = _evil(root)
    evil.insert(1, signature)
    evil.insert(1, honest)
    return evil


def _xsw3(root: etree._Element) -> etree._Element:
    """The honest message as a whole, first child of the attacker's."""
    evil = _evil(root)
    evil.insert(0, copy.deepcopy(root))
    return evil


def _xsw4(root: etree._Element) -> etree._Element:
    """The attacker's message as a child of the honest one."""
    honest = copy.deepcopy(root)
    honest.append(_evil(root))
    return honest


def _xsw5(root: etree._Element) -> etree._Element:
    """The signature stays in the attacker's message, the honest one without it comes last."""
    honest, signature = _without_signature(root)
    evil = _evil(root)
    evil.insert(1, signature)
    evil.append(honest)
    return evil


def _xsw6(root: etree._Element) -> etree._Element:
    """As the first, the honest message at the beginning of the signature."""
    honest, signature = _without_signature(root)
    evil = _evil(root)
    signature.insert(0, honest)
    evil.insert(1, signature)
    return evil


def _xsw7(root: etree._Element) -> etree._Element:
    """The honest message hidden in Extensions, which may hold anything."""
    evil = _evil(root)
    extensions = etree.Element(names.protocol("Extensions"))
    extensions.append(copy.deepcopy(root))
    evil.insert(1, extensions)
    return evil


def _xsw8(root: etree._Element) -> etree._Element:
    """The honest message hidden in an Object of the signature."""
    honest, signature = _without_signature(root)
    evil = _evil(root)
    held = etree.SubElement(signature, names.signature("Object"))
    held.append(honest)
    evil.insert(1, signature)
    return evil


POSITIONS: dict[str, Callable[[etree._Element], etree._Element]] = {
    "around": _xsw1,
    "beside": _xsw2,
    "before": _xsw3,
    "within": _xsw4,
    "after": _xsw5,
    "first in the signature": _xsw6,
    "in extensions": _xsw7,
    "in an object": _xsw8,
}


def wrapped(document: str, position: str, *, same_id: bool = False) -> str:
    """Return a signed message wrapped in the attacker's, in one of the eight classic positions."""
    root = POSITIONS[position](etree.fromstring(document.encode()))
    text = etree.tostring(root).decode()
    if same_id:
        signed_id = str(etree.fromstring(document.encode()).get("ID"))
        text = text.replace(EVIL_ID, signed_id)
    return text
