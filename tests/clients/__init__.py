"""Real clients of others against a real portal: Debian's mod_auth_openidc, npm's openid-client, Authlib."""
