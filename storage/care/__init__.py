"""The database's own care: how it stands, whether it is sound, copies of it and back."""
