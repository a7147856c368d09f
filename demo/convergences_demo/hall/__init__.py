"""The hall: applications of the demo that share a process, each on a port of its own, with its sessions and its pages.

They are four suppliers' applications for whoever looks from outside; together they cost the machine one Python.
"""
