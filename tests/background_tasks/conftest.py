"""Celery over the world's application, with tasks that run in this process."""

from __future__ import annotations

import pytest
from harness.people import World

from workers.base import SolidarityCelery
from workers.celery_factory import make_celery


@pytest.fixture
def celery(world: World) -> SolidarityCelery:
    """Celery as in a worker, with all modules of tasks loaded."""
    celery_app = make_celery(world.app)
    celery_app.loader.import_default_modules()
    return celery_app
