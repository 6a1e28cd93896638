"""Conversations as scripts, run against the pure core, both databases and the whole service."""
