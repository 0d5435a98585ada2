"""What the batch processor works out, without servers: moods of many songs, agreement, intervals, reports."""
