"""The verbs of authentication, one file each."""
