"""Tests of what a process knows of its organisation."""
