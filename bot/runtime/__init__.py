"""What every part of the running service stands on: loops, retries, notices between processes."""
