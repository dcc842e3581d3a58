"""The addresses of the doors for machines."""

from __future__ import annotations

from django.urls import path

from unitledger.api.api import api
from unitledger.web.pages import source_hooks

urlpatterns = [
    path("api/v1/", api.urls),
    path(
        "hooks/6storage/<uuid:public_id>", source_hooks.receive_message, name="source-hook-receive"
    ),
]
