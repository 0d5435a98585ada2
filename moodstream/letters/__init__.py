"""Dead letters for a person: looking at them, and sending them again once the cause is mended."""
