"""The verbs that write: define a client, give and take codes, grants and tokens."""
