"""Audiences: expressions that pick contacts, from text to a tree, to text again and to plain words."""
