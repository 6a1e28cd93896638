"""The effects of a batch, written in bulk: one file per kind, one statement per kind."""

from storage.apply.batch import Draft, Handled, apply_batch, apply_stop

__all__ = ["Draft", "Handled", "apply_batch", "apply_stop"]
