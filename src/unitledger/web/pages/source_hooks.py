"""Where the storage software posts its messages: no session, a signature instead."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from unitledger import wiring
from unitledger.engine.arriving.hooks import BODY_MAX, Received, receive

# No answer says more than its status: who posts without the secret learns nothing.
STATUSES = {
    Received.NO_SUCH_ADDRESS: 404,
    Received.WRONG_SIGNATURE: 401,
    Received.TOO_LARGE: 413,
    Received.KEPT: 202,
    Received.REPEATED: 200,
}


@csrf_exempt  # authenticated by its signature; there is no cookie to abuse
@require_POST
def receive_message(request: HttpRequest, public_id: UUID) -> HttpResponse:
    tools = wiring.shared_tools()
    received = receive(
        public_id,
        request.read(BODY_MAX + 1),
        signature=request.headers.get(wiring.SOURCE_SIGNATURE, ""),
        content_type=request.headers.get("Content-Type", ""),
        now=tools.clock.now(),
        vault=tools.vault,
        is_signed=wiring.is_signed_by_source,
    )
    return HttpResponse(status=STATUSES[received])
