"""Access: what a view declares, and the scope a request is bound to."""
