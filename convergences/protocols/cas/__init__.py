"""CAS 3.0: an application asks who came by a ticket in the address (Apereo CAS Protocol 3.0 Specification).

The room translates what `admission` decides. It decides which address belongs to which application, and what a ticket
is good for; it knows nothing of other protocols, nor of who may enter.
"""
