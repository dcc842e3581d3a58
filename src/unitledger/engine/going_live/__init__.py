"""Before the first write: what an organisation holds already, and what a person says of it."""
