"""An application behind a web server that asks who each request comes from."""
