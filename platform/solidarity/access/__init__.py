"""Access control: the declarations of views, and the scope of a request."""
