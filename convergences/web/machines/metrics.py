"""Figures for Prometheus. Labels are names of views, never addresses: an address may hold somebody's identifier."""

import os
import secrets
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY

from convergences.web.entrance.guards import open_to_strangers
from convergences.web.serving.proxies import BY_UNKNOWN_PROXY

REQUESTS = Counter("convergences_requests_total", "Requests answered", ["view", "method", "status"])
SECONDS = Histogram(
    "convergences_request_seconds",
    "Time to answer",
    ["view"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
LOOPBACK = frozenset({"127.0.0.1", "::1"})


def count(view: str, method: str, status: int, seconds: float) -> None:
    """Count a request that was answered, and the time it took."""
    requests, times = _counters(view, method, status)
    requests.inc()
    times.observe(seconds)


@lru_cache(maxsize=1024)
def _counters(view: str, method: str, status: int) -> tuple[Counter, Histogram]:
    """Looking for one by its labels costs more than counting."""
    return REQUESTS.labels(view=view, method=method, status=str(status)), SECONDS.labels(view=view)


@open_to_strangers
def figures(request: HttpRequest) -> HttpResponse:
    """Give the figures to a bearer of `METRICS_TOKEN`, or without one, in the demo, to this machine; 404 to others."""
    if not _may_read(request):
        return HttpResponseNotFound()
    return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    token = settings.CONFIGURATION.metrics_token
    if token:
        return secrets.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())
    # Behind an nginx of this machine that `TRUSTED_PROXIES` does not name, the whole world has the loopback's address,
    # and one that forwards no header cannot be told from a neighbour: a real installation sets a token.
    if not settings.CONFIGURATION.demo:
        return False
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not request.META.get(BY_UNKNOWN_PROXY)


def _registry() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    gathered = CollectorRegistry()
    MultiProcessCollector(gathered)  # type: ignore[no-untyped-call]
    return gathered
