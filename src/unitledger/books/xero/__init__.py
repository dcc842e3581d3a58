"""The Xero adapter: values in, values out. Knows httpx2 and Xero's wire, and no Django."""
