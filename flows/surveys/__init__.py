"""Surveys: what one is, how an answer is read, and how the conversation goes."""
