"""What the demo's applications that live on a server share: a client of the portal, its session, its doors.

It knows the portal by its address only, as any application of a supplier would: OpenID Connect, by Authlib.
"""
