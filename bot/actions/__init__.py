"""What commands do: one function per verb, the same for chat, API, console and command line."""
