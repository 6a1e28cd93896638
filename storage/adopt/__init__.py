"""Taking over the database of another system: read only, page by page, as often as one likes with the same result."""
