"""Arrival, suspension, departure of agents: acts that touch identities, rights, sessions and mail at once.

Decides their order and their single transaction. Refuses to know pages and protocols; each rule stays in its room.
"""
