"""Tables, the one writer, queries and migrations; the only room that knows SQLAlchemy."""
