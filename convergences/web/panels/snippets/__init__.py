"""Settings to paste: texts kept beside a protocol's panel, filled with an application's values.

Each text is a client's own; `written` fills it, `quoting` writes a value as the file's language does.
"""
