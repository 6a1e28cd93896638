"""The outbox as plans: what is claimed, what became of it, and what nobody knows yet."""
