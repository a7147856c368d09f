"""The demo's installation: its files, with their days counted from its first start, and its invented people."""
