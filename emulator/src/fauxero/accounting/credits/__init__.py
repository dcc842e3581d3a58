"""Credit notes, overpayments and prepayments: made, set against invoices, paid back."""
