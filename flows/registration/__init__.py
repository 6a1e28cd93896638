"""Events and the community: registering, joining, waiting lists, leaving."""
