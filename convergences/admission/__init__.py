"""May this session enter this application now, and what is missing? Which visits are open, and which must end?

The only place where that is decided, for tiles and for every protocol. Refuses to know any protocol's words.
"""
