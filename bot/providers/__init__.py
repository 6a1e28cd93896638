"""One small package or file per provider: verify, parse, send, error table."""
