"""Reading, checking and changing how an operator's business maps to an organisation's books."""
