"""The adapters to organisations' books. Each implements `engine.ports.Books`."""
