"""Campaigns: their states, who is skipped and why, quiet hours, and what each person reads."""
