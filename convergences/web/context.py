"""What every template may name."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from convergences.web.header import Header


def center() -> dict[str, Any]:
    """Return what an operator said of the centre: no database, so that error pages can use it."""
    said = settings.CONFIGURATION
    return {
        "center_name": said.center_name,
        "center_address": said.center_address,
        "support_email": said.support_email,
        "dpo_email": said.dpo_email,
        "accessibility_email": said.accessibility_email,
        "sender_email": said.email_from,
        "demo": said.demo,
    }


def house(request: HttpRequest) -> dict[str, Any]:
    """Return the centre, the signed-in agent and their header; reads nothing by itself."""
    agent = getattr(request, "agent", None)
    return {
        **center(),
        "agent": agent,
        "header": getattr(request, "header", None) or Header(agent),
        "reference": getattr(request, "reference", ""),
    }
