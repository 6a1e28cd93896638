"""Hops 1 and 6: what providers post."""
