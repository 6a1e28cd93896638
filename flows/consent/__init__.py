"""What a person says about consent: stop, start, help, by word or by sentence."""
