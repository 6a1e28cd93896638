"""Times in words, English and Spanish: what is not surely a time is refused, never guessed."""
