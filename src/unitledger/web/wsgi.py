"""What a WSGI server loads: the installation opened for the life of the process, then Django."""

from __future__ import annotations

from typing import Any

from unitledger import installation


def _application() -> Any:
    installation.open_for_process()
    from django.core.wsgi import get_wsgi_application

    return get_wsgi_application()


application = _application()
