"""What HTTP doors share: current session, guards, error pages, base templates, typography."""
