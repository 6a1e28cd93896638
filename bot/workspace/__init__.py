"""What a process knows of its organisation, and how it comes to know it."""
