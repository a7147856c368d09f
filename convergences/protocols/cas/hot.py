"""What is asked at each entrance, by the views behind the few middlewares that they need (`web.lean`)."""

from convergences.web.lean import FOR_BROWSERS, Route, Short

_GET = frozenset({"GET"})
_VALIDATIONS = {
    "/cas/serviceValidate": "cas:service_validate",
    "/cas/p3/serviceValidate": "cas:p3_service_validate",
    "/cas/proxyValidate": "cas:proxy_validate",
    "/cas/p3/proxyValidate": "cas:p3_proxy_validate",
}

ROUTES = (
    Route("/cas/login", "cas:login", _GET, Short("/cas/login", FOR_BROWSERS), cookies=True),
    *(Route(path, view, _GET, Short(path)) for path, view in _VALIDATIONS.items()),
)
