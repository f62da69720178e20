"""The words of obligations: one module a step, with all that pages and mails say of each kind."""
