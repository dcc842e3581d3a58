"""Money in bank accounts: bank transactions, transfers between accounts, batch payments."""
