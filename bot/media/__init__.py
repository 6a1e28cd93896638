"""Files that come with messages and go out with them."""
