"""What a new installation can show at once: the survey FEEDBACK and the event GALA."""
