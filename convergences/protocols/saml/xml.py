"""Reading XML from strangers: what could mean two things, or cost more than it weighs, is refused before it is read.

No DOCTYPE, so no entity; no comment nor processing instruction (a comment within a name has cut it in two readings);
no XInclude nor XSLT; one element an ID; bounded size, depth and number (OWASP, SAML Security and XML External Entity
Prevention).
"""

import re

from lxml import etree

from convergences.protocols.saml.errors import BadMessage

Element = etree._Element  # noqa: SLF001 - lxml's own name of the type

LARGEST_MESSAGE = 64 * 1024
LARGEST_METADATA = 1024 * 1024
DEEPEST = 40
MANY = 2000
_ALWAYS_REFUSED = (b"<!DOCTYPE", b"<!ENTITY", b"<?xml-stylesheet")
# Two readers of one document: ours reads UTF-8 whatever is declared, another may not (UTF-7 writes `<` as `+ADw-`).
_DECLARED = re.compile(rb"\A(?:\xef\xbb\xbf)?<\?xml\s[^>]*?encoding\s*=\s*[\"']([^\"']*)")
_ENCODINGS = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii"})
# XML 1.0, section 2.2.
_UNSAYABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FOREIGN = frozenset({"http://www.w3.org/2001/XInclude", "http://www.w3.org/1999/XSL/Transform"})


def parse(content: bytes, *, largest: int = LARGEST_MESSAGE, comments: bool = False) -> Element:
    """Return the root of a document; raises `BadMessage`. `comments` lets them be, and drops them (metadata only)."""
    if len(content) > largest:
        raise BadMessage("the document is too large", f"il dépasse {largest // 1024} Ko")
    upper = content.upper()
    if b"\x00" in content or any(word.upper() in upper for word in _ALWAYS_REFUSED):
        raise BadMessage(
            "the document declares what is never read (DOCTYPE, entities), or is not in UTF-8",
            "il contient un DOCTYPE, une entité ou une feuille de style, ou n’est pas en UTF-8",
        )
    declared = _DECLARED.match(content)
    if declared and declared[1].lower() not in _ENCODINGS:
        raise BadMessage("the document says that it is not in UTF-8", "il se dit dans un autre codage qu’UTF-8")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=comments, remove_pis=comments, encoding="utf-8",
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadMessage("the document is not XML", "il n’est pas du XML, ou il est coupé") from error
    _check(root)
    return root


def _check(root: Element) -> None:
    if root.getroottree().docinfo.doctype:
        raise BadMessage("the document has a DOCTYPE", "il contient un DOCTYPE")
    if root.getprevious() is not None or root.getnext() is not None:
        raise BadMessage("the document has something beside its root", "il contient plus qu’une description")
    seen: set[str] = set()
    depths = {root: 1}
    for count, element in enumerate(root.iter(), start=1):
        if not isinstance(element.tag, str):
            raise BadMessage("the document has a comment or a processing instruction", "il contient une instruction")
        parent = element.getparent()
        depth = depths[element] = depths[parent] + 1 if parent is not None and element is not root else 1
        if count > MANY or depth > DEEPEST:
            raise BadMessage("the document is too deep, or has too many elements", "il a trop d’éléments")
        if etree.QName(element).namespace in _FOREIGN:
            raise BadMessage("the document includes another", "il en inclut un autre")
        _check_ids(element, seen)


def _check_ids(element: Element, seen: set[str]) -> None:
    for name, value in element.attrib.items():
        if etree.QName(str(name)).localname.lower() != "id":
            continue
        if str(value) in seen:
            raise BadMessage("two elements bear the same ID", "deux éléments ont le même ID")
        seen.add(str(value))


def text_of(element: Element | None) -> str:
    """Return the text of an element that holds nothing but text; raises `BadMessage` when it holds more."""
    if element is None:
        return ""
    if len(element):
        name = etree.QName(element).localname
        raise BadMessage(f"{name} holds more than a text", f"{name} contient autre chose qu’un texte")
    return (element.text or "").strip()


def sayable(text: str) -> str:
    """Return a text as XML can say it: a sign that it cannot, put into a name, must not keep its agent out."""
    return _UNSAYABLE.sub("\ufffd", text)


def serialized(element: Element) -> bytes:
    """Return an element as it is sent."""
    return etree.tostring(element, encoding="utf-8")
