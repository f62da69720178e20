"""The texts about obligations in pages and mails, with one module for each step."""
