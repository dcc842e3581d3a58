"""What the business comes to: revenue, receivables, receipts, what is not cleared. Reads only."""
