"""Use cases, in the order things happen. The only writer of documents, effects and batches."""
