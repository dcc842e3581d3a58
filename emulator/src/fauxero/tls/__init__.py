"""Xero's own host names over HTTPS: a throw-away authority, and tunnels as a proxy gives them."""
