"""BIP, banque d'informations sur le personnel: an application of the demo.

A separate process that knows the portal by its address only, as any application of a supplier would: OpenID Connect
through Authlib's client, its own session, its own pages. The sheets are invented and have no legal value.
"""
