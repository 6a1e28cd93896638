"""What error codes mean at a provider that tests make up."""

from __future__ import annotations

from flows.errors import ErrorClass
from flows.values import Receipt

CLASSES = {"opted-out": ErrorClass.OPT, "dead": ErrorClass.HARD, "busy": ErrorClass.STRIKE}


def classify(receipt: Receipt) -> ErrorClass | None:
    """Say what a code means; None for one that nobody knows."""
    return CLASSES.get(receipt.error_code or "")
