"""The Xero adapter: dataclasses in and out, no Django."""
