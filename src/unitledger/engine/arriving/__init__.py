"""What programs send: items with a source's id and revision, bulk jobs, the source's webhooks."""
