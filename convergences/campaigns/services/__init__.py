"""The verbs of campaigns: preparing, launching, mailing."""
