"""Audiences in the database: what their names stand for, and whom they pick."""
