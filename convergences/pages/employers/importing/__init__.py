"""A list of employers that comes as a file: read, compared with what is known, then written whole or not at all."""
