"""SNAPI-CAP: an application of the demo that knows no protocol at all.

It believes the headers that the web server in front of it writes; that server (Debian's nginx where there is one, else
`front.py`) asks the portal at each request. Nothing else reaches it: it listens on a socket of its folder.
"""
