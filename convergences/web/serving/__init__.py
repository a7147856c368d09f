"""What stands around every answer: cookies, static files, proxies before us."""
