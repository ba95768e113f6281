"""Django's PostgreSQL, which knows a live connection from a dead one without asking the server each time."""
