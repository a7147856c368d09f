"""Passwords, single-use codes, attempts, sessions: is this person who they say?

Refuses to know what a person may open, and to say whether an identifier is known.
"""
