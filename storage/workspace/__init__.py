"""A workspace's own rows."""
