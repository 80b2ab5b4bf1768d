"""How long the insights take about many turns, and a search in their words. `python -m tests.bench.insights`"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from sqlalchemy import URL

from kiosk.database.database import Database
from kiosk.service.insights.figures import insights
from kiosk.service.insights.gather import gather
from kiosk.service.store.schema import CONVERSATIONS
from kiosk.service.store.search import Wanted, found
from tests.service.console.made_up import fill

TURNS = 100_000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(URL.create("sqlite", database=str(Path(folder) / "s.sqlite3")), CONVERSATIONS)
        fill(database, round(TURNS / 2.7), days=365)
        with database.session() as session:
            began = time.perf_counter()
            facts = gather(session, Wanted())
            counted = time.perf_counter()
            told = insights(facts)
            done = time.perf_counter()
            total, _ = found(session, Wanted(words="lighthouse wrecks"), 1, 50)
            searched = time.perf_counter()
    print(f"{told.turns:,} turns in {told.visits:,} visits")
    print(f"counted in the database  {counted - began:6.2f} s")
    print(f"made into tables         {done - counted:6.2f} s")
    print(f"searched for two words   {searched - done:6.2f} s, {total:,} found")


if __name__ == "__main__":
    main()
