"""Background tasks: the Celery application."""
