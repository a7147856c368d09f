"""One room per protocol, each complete, none knowing another: they translate what `admission` decides."""
