"""What operators text: verbs, their arguments, and the texts that help with them."""
