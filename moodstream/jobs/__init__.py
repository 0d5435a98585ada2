"""What the batch processor does: each job asks the history, or reads a table, and returns a report."""
