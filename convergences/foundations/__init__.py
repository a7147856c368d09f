"""The ground: clock, outbox, signing keys, encryption at rest, errors.

Decides how things are kept, sent and signed. Refuses to know any word of the trade: no agent, no right, no protocol.
"""
