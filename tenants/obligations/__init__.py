"""What is due: one query over all steps."""
