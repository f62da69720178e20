"""What everybody sees, and what machines ask: front page, health, the local outbox."""

from __future__ import annotations

from flask import Flask

from solidarity.labels.help import init_helping
from solidarity.public import front_page as front
from solidarity.public import gallery, health, help_page, mail_link, outbox
from solidarity.public.blueprint import pages
from solidarity.public.degraded import Pulse
from solidarity.settings import Settings


def register(app: Flask) -> None:
    """Add the pages of this audience to `app`, and to every page what is degraded."""
    settings: Settings = app.extensions["settings"]
    pulse = Pulse(settings.redis_url.get_secret_value())
    app.extensions["health"] = health.Health(settings)
    app.context_processor(lambda: {"degraded": pulse.sentences()})
    init_helping(app)
    gallery.init_gallery(app)
    app.register_blueprint(pages)


__all__ = ["front", "gallery", "help_page", "mail_link", "outbox", "register"]
