"""The declarative file: what an installation holds, written down, applied and exported.

`source` reads YAML and keeps line numbers, `entries` says what a file may hold, `sections` bring the database to it
through the services of the domain, `exporting` writes it back. Nothing is ever removed by a file.
"""
