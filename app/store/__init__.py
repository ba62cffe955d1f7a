"""Tables, the one writer, queries and migrations; the only room that knows SQLAlchemy."""

from app.store.facts import Fact
from app.store.models import NUMBERS
from app.store.queries import ProjectQueries
from app.store.slow import SlowQuery
from app.store.store import Store, make_store, open_store
from app.store.writer import Writer

__all__ = ["NUMBERS", "Fact", "ProjectQueries", "SlowQuery", "Store", "Writer", "make_store", "open_store"]
