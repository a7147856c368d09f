"""The demo's applications: real clients of each protocol, with nothing of the product inside."""
