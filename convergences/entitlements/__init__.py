"""Who may open what, with which roles, until when, given by whom.

Decides whether A may give B to C. Refuses to know sessions and protocols: entering is `admission`'s question.
"""
