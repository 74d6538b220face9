"""How the tables came to be, one revision per change; run by Alembic, with the caller's connection and prefix."""
