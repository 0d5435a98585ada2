"""Training the models and judging them: tables of songs in, a JSON file of weights and a report out."""
