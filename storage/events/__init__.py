"""Events that change: their rows, who is on their lists, and the notices of it."""
