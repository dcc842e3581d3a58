"""`/.well-known/openid-configuration`: where an OpenID client finds everything else."""

from __future__ import annotations

from typing import Any

from fauxero.http.exchange import Request
from fauxero.identity.scopes import NEW_APP
from fauxero.identity.tokens import ISSUER
from fauxero.tls.hosts import is_xeros

LOGIN = "https://login.xero.com"


def discovery(request: Request) -> dict[str, Any]:
    """Name Xero's own addresses to who asks by Xero's own name, and this server's to others.

    The issuer is Xero's either way: it is what the tokens say, and what clients compare.
    """
    host = request.header("host") or "localhost"
    if is_xeros(host):
        identity, login = ISSUER, LOGIN
    else:
        identity = login = f"{request.scheme}://{host}"
    return {
        "issuer": ISSUER,
        "jwks_uri": f"{identity}/.well-known/openid-configuration/jwks",
        "authorization_endpoint": f"{login}/identity/connect/authorize",
        "token_endpoint": f"{identity}/connect/token",
        "userinfo_endpoint": f"{identity}/connect/userinfo",
        "revocation_endpoint": f"{identity}/connect/revocation",
        "scopes_supported": list(NEW_APP),
        "claims_supported": ["sub", "name", "given_name", "family_name", "email", "xero_userid"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "subject_types_supported": ["public"],
    }
