"""A throw-away certificate authority, made on first start, good for Xero's host names alone.

Its key never leaves its folder, is readable by its owner only, and its certificate is constrained
to the names below: whoever trusts it trusts nothing more than a stand-in for Xero.
"""

from __future__ import annotations

import ipaddress
import os
import ssl
from datetime import datetime, timedelta
from errno import ENOENT
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from fauxero.tls.hosts import XERO_HOSTS

_LOCAL_NAMES = ("localhost",)
_LOCAL_ADDRESSES = ("127.0.0.1", "::1")
_AUTHORITY_LIFE = timedelta(days=3650)
_SERVER_LIFE = timedelta(days=365)  # some systems refuse longer ones
_SPARE = timedelta(days=30)


class Authority:
    """The files of one folder: `ca.pem` to trust, and two with keys that nobody else reads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.certificate = folder / "ca.pem"
        self._authority = folder / "authority.pem"
        self._server = folder / "server.pem"

    def ensure(self, now: datetime) -> None:
        """Make what is missing or about to run out. OSError where the folder cannot be written."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _runs_out(self._authority, now):
            self._authority.unlink(missing_ok=True)
            self._server.unlink(missing_ok=True)
            _put(self._authority, _made_authority(now), is_new=True)
        key, certificate = _read(self._authority)  # another process may have been quicker
        public = certificate.public_bytes(serialization.Encoding.PEM)
        if not self.certificate.exists() or self.certificate.read_bytes() != public:
            _put(self.certificate, public)
        if _runs_out(self._server, now) or not _is_issued_by(self._server, certificate):
            _put(self._server, _made_server(key, certificate, now))

    def context(self) -> ssl.SSLContext:
        """What a TLS server of Xero's names needs. Call `ensure` first."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2  # documented: older TLS is answered 412
        context.load_cert_chain(self._server)
        context.set_alpn_protocols(["http/1.1"])
        return context


def default_folder(state: Path | None) -> Path:
    """Beside the state file; without one, FAUXERO_HOME or `.fauxero` in the home folder.

    OSError for a user who has no home folder.
    """
    if state is not None:
        return state.with_name(f"{state.name}.tls")
    home = os.environ.get("FAUXERO_HOME")
    if home:
        return Path(home) / "tls"
    try:
        return Path.home() / ".fauxero" / "tls"
    except RuntimeError:
        raise FileNotFoundError(ENOENT, "there is no home folder", "~") from None


def _put(path: Path, content: bytes, *, is_new: bool = False) -> None:
    """Write a whole file or nothing, readable by its owner only (temporary files are).

    With `is_new` one that has appeared meanwhile is left as it is.
    """
    with NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    if is_new and path.exists():
        Path(file.name).unlink()
        return
    Path(file.name).replace(path)


def _read(path: Path) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    content = path.read_bytes()
    key = serialization.load_pem_private_key(content, password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key, x509.load_pem_x509_certificate(content)


def _runs_out(path: Path, now: datetime) -> bool:
    if not path.exists():
        return True
    return _read(path)[1].not_valid_after_utc < now + _SPARE


def _is_issued_by(path: Path, authority: x509.Certificate) -> bool:
    try:
        _read(path)[1].verify_directly_issued_by(authority)
    except Exception:  # whichever way it does not fit, a new one is made
        return False
    return True


def _name(words: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "fauxero, an emulator"),
            x509.NameAttribute(NameOID.COMMON_NAME, words),
        ]
    )


def _pem(key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ) + certificate.public_bytes(serialization.Encoding.PEM)


def _begun(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    life: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _made_authority(now: datetime) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("throw-away authority of fauxero")
    permitted: list[x509.GeneralName] = [
        x509.DNSName(host) for host in (*XERO_HOSTS, *_LOCAL_NAMES)
    ]
    permitted += [
        x509.IPAddress(ipaddress.ip_network(network)) for network in ("127.0.0.0/8", "::1/128")
    ]
    certificate = (
        _begun(name, name, key, now, _AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return _pem(key, certificate)


def _made_server(
    authority_key: ec.EllipticCurvePrivateKey, authority: x509.Certificate, now: datetime
) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    names: list[x509.GeneralName] = [x509.DNSName(host) for host in (*XERO_HOSTS, *_LOCAL_NAMES)]
    names += [x509.IPAddress(ipaddress.ip_address(address)) for address in _LOCAL_ADDRESSES]
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    certificate = (
        _begun(_name("stand-in for Xero"), authority.subject, key, now, _SERVER_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(issuer_key, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    return _pem(key, certificate)
