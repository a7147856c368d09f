"""Signing out, whatever the protocol: the question asked of the agent, and what each application knows of it."""
