"""Applications hear that a session of theirs is over (OpenID Connect Back-Channel and Front-Channel Logout 1.0)."""
