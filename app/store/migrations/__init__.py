"""Steps from each version of the database to the next, forward only; run by ``app.store.schema``."""
