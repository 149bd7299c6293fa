"""How XML is read: strictly, without a DTD, without the network, and only once."""

from typing import Final

from lxml import etree

from harvesters.errors import NotMetadata

# The root of these is asked for its name first: an HTML page deserves a better sentence than a line number.
_HTML: Final = (b"<!doctype html", b"<html")


def read_xml(body: bytes, place: str) -> etree._Element:
    """Parse a whole document. Raises ``NotMetadata`` in words for the node's operator."""
    if not body.strip():
        raise NotMetadata(f"{place}: the answer is empty")
    try:
        root = etree.fromstring(body, _parser())
    except etree.XMLSyntaxError as error:
        raise NotMetadata(f"{place}: {_why_unread(body, error)}") from error
    if _has_doctype(root):
        what = "is an HTML page (a login or error page?)" if _looks_html(body) else "has a DOCTYPE"
        raise NotMetadata(f"{place}: the answer {what}, which is not read")
    return root


def canonical_xml(element: etree._Element) -> bytes:
    """Exclusive canonical XML without comments and without white space between elements or around a text.

    Equal contents give equal bytes, however a page around them is laid out. It takes the space out of
    ``element`` itself. (lxml's C14N 2.0 would do it, but for namespaces that an ancestor declares.)
    """
    for one in element.iter():
        one.text = _kept_space(one.text, is_leaf=len(one) == 0)
        one.tail = _kept_space(one.tail, is_leaf=False)
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def _kept_space(text: str | None, *, is_leaf: bool) -> str | None:
    """Between words and mark-up a blank has a meaning, alone or at the ends of a value it has none."""
    if text is None or not text.strip():
        return None
    return text.strip() if is_leaf else text


def local_name(element: etree._Element) -> str:
    """The name without its namespace, "" for a comment or a processing instruction."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def namespace(element: etree._Element) -> str:
    return etree.QName(element).namespace or ""


def language_of(element: etree._Element) -> str:
    """What ``xml:lang`` says on the element itself."""
    return element.get("{http://www.w3.org/XML/1998/namespace}lang", "")


def text_of(element: etree._Element) -> str:
    """All text inside, mark-up left out; line breaks written as elements become line breaks."""
    pieces = [element.text or ""]
    for child in element:
        pieces.append("\n" if local_name(child).lower() == "br" else "")
        pieces.append(text_of(child) if local_name(child) else "")
        pieces.append(child.tail or "")
    return "".join(pieces).strip()


def _has_doctype(root: etree._Element) -> bool:
    information = root.getroottree().docinfo
    return information.internalDTD is not None or bool(information.doctype)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        recover=False,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _why_unread(body: bytes, error: etree.XMLSyntaxError) -> str:
    if _looks_html(body):
        return "the answer is an HTML page (a login or error page?), no OAI-PMH"
    return f"the XML is broken: {error.msg}"


def _looks_html(body: bytes) -> bool:
    head = body[:2000].lstrip().lower()
    return any(mark in head for mark in _HTML)
