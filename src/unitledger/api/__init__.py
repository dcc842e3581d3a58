"""The REST API: programs send what happened and read where it stands."""
