"""The rungs of the router: each takes a turn on, or passes it down."""
