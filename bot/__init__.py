"""The shell around the pure core: web, providers, inbox, sender, scheduler, command line."""
