"""What machines are answered: XML as the specification's appendix A, JSON (3.0), and the two lines of CAS 1.0."""

import json
import re
from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from lxml import etree

from convergences.protocols.cas.errors import CasRefusal
from convergences.protocols.cas.services.tickets import Entered

NAMESPACE = "http://www.yale.edu/tp/cas"
_NAMES = {"cas": NAMESPACE}
# XML 1.0, section 2.2.
_UNSAYABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Content = dict[str, Any]


def success(entered: Entered, user: str, attributes: dict[str, Any], *, pgt_iou: str = "") -> Content:
    """Return whom a ticket stands for; `attributes` is empty for CAS 2.0, which has none."""
    content: Content = {"user": user}
    if attributes:
        content["attributes"] = attributes
    if pgt_iou:
        content["proxyGrantingTicket"] = pgt_iou
    if entered.ticket.proxies:
        content["proxies"] = list(entered.ticket.proxies)
    return {"authenticationSuccess": content}


def failure(refusal: CasRefusal, *, of_proxy: bool = False) -> Content:
    """Return a refusal."""
    kind = "proxyFailure" if of_proxy else "authenticationFailure"
    return {kind: {"code": refusal.code, "description": refusal.description}}


def render(content: Content, *, as_json: bool) -> HttpResponse:
    """Return the answer in the form asked for; it is always 200, the content says what came of it."""
    if as_json:
        return _unkept(json.dumps({"serviceResponse": content}), "application/json")
    root = etree.Element(_name("serviceResponse"), nsmap=_NAMES)
    for kind, value in content.items():
        _element(root, kind, value)
    return _unkept(etree.tostring(root, encoding="unicode"), "application/xml")


def plain(user: str) -> HttpResponse:
    """Return the answer of CAS 1.0 (section 2.4): a yes and who, or a no."""
    return _unkept(f"yes\n{user}\n" if user else "no\n\n", "text/plain")


def _unkept(text: str, kind: str) -> HttpResponse:
    return HttpResponse(text, content_type=f"{kind}; charset=utf-8", headers={"Cache-Control": "no-store"})


def _name(local: str) -> str:
    return f"{{{NAMESPACE}}}{local}"


def _element(parent: Any, name: str, value: Any) -> None:
    if "code" in (value if isinstance(value, dict) else ()):
        refusal = etree.SubElement(parent, _name(name), code=value["code"])
        refusal.text = value["description"]
        return
    for one in value if isinstance(value, list) and name != "proxies" else [value]:
        element = etree.SubElement(parent, _name(name))
        if name == "proxies":
            for proxy in one:
                etree.SubElement(element, _name("proxy")).text = proxy
        elif isinstance(one, dict):
            for inner, content in one.items():
                _element(element, inner, content)
        else:
            element.text = _text(one)


def _text(value: Any) -> str:
    # A sign that XML cannot say, whoever put it into a name, must not keep its agent out of every application.
    return _UNSAYABLE.sub("\ufffd", str(value).lower() if isinstance(value, bool) else str(value))


def flattened(released: dict[str, Any]) -> dict[str, Any]:
    """Return attributes as CAS has them, texts and lists of texts: an employer's parts each get a name of their own."""
    return dict(_flattened(released))


def _flattened(released: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in released.items():
        if isinstance(value, dict):
            yield name, value["name"]
            yield from ((f"{name}_{part}", text) for part, text in value.items() if part != "name")
        else:
            yield name, value
