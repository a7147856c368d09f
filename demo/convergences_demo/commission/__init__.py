"""Commission de réforme / Comité médical: an application of the demo that holds medical files.

A confidential client on a server of its own, which asks the portal for a strong and recent sign-in, checks that it got
one, and says in words what is missing when it did not. The files are invented.
"""
