"""What happened: who did what, to whom, when, from where.

Decides that an event, once written, is neither changed nor removed without `verify` showing it. Refuses to know the
rooms it serves: it stores identifiers and labels, so that an event outlives its actor.
"""
