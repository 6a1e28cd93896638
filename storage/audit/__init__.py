"""The audit's chain: an entry for every command that came to an end, each sealed together with the one before it."""
