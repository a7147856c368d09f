"""Applications, their roles, who subscribes to them with how many seats, and from when they open for whom.

Refuses to know which agent may open what (entitlements) and what a protocol needs (each protocol's own room).
"""
