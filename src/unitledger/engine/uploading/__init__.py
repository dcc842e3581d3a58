"""Files that people upload: kept apart, checked, taken in by a worker, and removed again."""
