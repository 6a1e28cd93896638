"""Campaigns: their rows, their recipients page by page, their counters."""
