"""The log of all objects in SQLite, with one monotonic revision."""
