"""Figures about many visits: `gather` counts in the database, `figures` makes of it what a person reads."""
