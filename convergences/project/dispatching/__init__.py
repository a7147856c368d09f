"""In front of Django: the few addresses that machines call all day (`docs/decisions/0015`). It decides nothing.

What is unusual in a request, whatever it is, is Django's: this room knows the usual one only.
"""
