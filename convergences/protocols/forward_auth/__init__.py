"""The reverse proxy check: a web server in front of an application asks who each request comes from.

The room translates what `admission` decides. It decides which application an address belongs to, and what a cookie of
that address stands for; it knows nothing of other protocols, nor of who may enter.
"""
