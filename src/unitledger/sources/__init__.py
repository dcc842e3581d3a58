"""Where billing comes from: files, webhooks, the JSON wire schema."""
