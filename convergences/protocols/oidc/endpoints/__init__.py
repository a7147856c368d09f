"""Views of OpenID Connect: they read a request, ask the room, and write its answer."""
