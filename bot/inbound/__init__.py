"""Hops 1 to 4: what people text, from the batch that it waits in to the rows that it becomes."""
