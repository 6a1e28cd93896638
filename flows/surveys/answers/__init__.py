"""Answers: one file per kind reads what a person sent."""

from flows.surveys.answers.read import is_allowed_choice, read_answer
from flows.surveys.answers.result import Answer, Misunderstood, Understood

__all__ = ["Answer", "Misunderstood", "Understood", "is_allowed_choice", "read_answer"]
