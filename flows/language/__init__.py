"""What text is made of: words, phone numbers, SMS segments, placeholders. Pure functions over strings."""
