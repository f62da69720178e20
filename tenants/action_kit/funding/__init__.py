"""Step 3, funding: sources, budget lines and transactions, in the chapter's money and in dollars."""
