"""The six steps of the Action Kit, in their order. The shape of each step is our own design."""
