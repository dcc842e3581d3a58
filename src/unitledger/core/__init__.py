"""Pure values and rules: no clock, no ids, no input or output, no Django."""
