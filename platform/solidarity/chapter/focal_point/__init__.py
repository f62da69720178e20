"""Step 1: the focal point and the deputies."""
