"""What must happen without being asked: the Celery application."""
