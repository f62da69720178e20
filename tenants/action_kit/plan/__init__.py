"""Step 2, plan: outcomes, outputs and planned activities; submitted, returned, approved."""
