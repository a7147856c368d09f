"""Octime, working time: an application of the demo that speaks SAML 2.0 otherwise than the site does.

It knows agents by their address, sends its requests by a form, accepts answers it did not ask for, and reads attributes
under names of its own.
"""
