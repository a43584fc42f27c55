"""Django's engine for PostgreSQL, which tells the server for whom each statement is sent."""
