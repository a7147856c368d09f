"""What stands around answers: static files, cookies, proxies, figures, and the addresses answered before Django."""
