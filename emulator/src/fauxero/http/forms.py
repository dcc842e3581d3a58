"""Which form a request is in and which its answer takes: JSON or XML.

Documented: XML is the default, both ways; JSON only where `Accept` asks for it. Forms posted as
`xml=…` are documented too, from the days of OAuth 1.
"""

from __future__ import annotations

from collections.abc import Sequence

from fauxero.accounting.resource import BadPostData, Element
from fauxero.http import codec, errors, xml_codec
from fauxero.http.exchange import JSON, Answer, Request, json_answer

XML = "text/xml; charset=utf-8"


def wants_json(request: Request) -> bool:
    """Whether `Accept` names JSON, and names it before XML."""
    accept = (request.header("accept") or "").lower()
    json_at, xml_at = accept.find("json"), accept.find("xml")
    return json_at >= 0 and (xml_at < 0 or json_at < xml_at)


def elements_of(request: Request, *, name: str, element_name: str) -> list[Element]:
    """Return the elements that a request's body carries, in either form. Raises BadPostData."""
    sent = (request.header("content-type") or "").lower()
    body = request.body
    if "form-urlencoded" in sent:
        body = request.form.get("xml", "").encode()
        if not body:
            raise BadPostData("The form has no field 'xml'.")
        is_xml = True
    elif "json" in sent or "xml" in sent:
        is_xml = "xml" in sent
    else:
        is_xml = body.lstrip()[:1] == b"<"
    if is_xml and body.strip():
        elements = xml_codec.parse_elements(body, name=name, element_name=element_name)
        return [_object(element, name) for element in elements]
    return codec.parse_elements(body, name=name, element_name=element_name)


def _object(element: Element | None, name: str) -> Element:
    if element is None:
        raise BadPostData(f"Error converting value null to an object. Path '{name}[0]'.")
    return element


def refusal(request: Request, elements: Sequence[Element], *, element_name: str) -> Answer:
    """Return the 400 of a write whose elements say what is wrong with each."""
    message = "A validation exception occurred"
    if not wants_json(request):
        body = xml_codec.validation(errors.VALIDATION, message, elements, element_name)
        return Answer(400, body, XML)
    body = codec.dump(
        {
            "ErrorNumber": errors.VALIDATION,
            "Type": "ValidationException",
            "Message": message,
            "Elements": elements,
        }
    )
    return Answer(400, body, JSON)


def in_words(request: Request, error: errors.ApiException) -> Answer:
    """Return an error without elements, in the form that the request asks for."""
    if not wants_json(request):
        body = xml_codec.exception(error.number, error.kind, error.message)
        return Answer(error.status, body, XML)
    shown = {"ErrorNumber": error.number, "Type": error.kind, "Message": error.message}
    return json_answer(shown, status=error.status, compact=True)
