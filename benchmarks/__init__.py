"""What `make bench` runs: each figure beside the limit that it is held to, in the same run."""
