"""What is answered without Django's machinery (`web.machines`): the check, and addresses at the applications' hosts."""

from convergences.protocols.forward_auth import checking, own_host, queries
from convergences.web.machines.hot import Route

_GET = frozenset({"GET"})

ROUTES = (
    Route("/gate/check", "forward_auth:check", _GET, checking.answer, cookies=True, quiet=True),
    Route("/gate/start", "forward_auth:start", _GET, own_host.start, cookies=True, elsewhere=queries.is_host),
    Route("/gate/arrive", "forward_auth:arrive", _GET, own_host.arrive, cookies=True, elsewhere=queries.is_host),
    Route("/gate/leave", "forward_auth:leave", _GET, own_host.leave, cookies=True, elsewhere=queries.is_host),
)
