"""The pure core: values, effects, router, dialogues, policy, lifecycles."""
