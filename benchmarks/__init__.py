"""`make bench`: Rollcall beside a bare handler, in one run."""
