"""Organizations, agents, memberships, profiles, staff roles, photos: who is who, and where they work.

Decides what an identity is and who may change it. Refuses to know rights on applications, passwords, or HTTP.
"""
