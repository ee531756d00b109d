"""Keys and X.509 certificates, as Go's ``crypto/x509`` writes them.

Keys come from the system's source of randomness, not the host's.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import ipaddress
import re
from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pyhelm.errors import FunctionError
from pyhelm.functions.encoding import CorruptInputError, decode_base64
from pyhelm.functions.goduration import HOUR
from pyhelm.functions.gofmt import to_text
from pyhelm.functions.goquote import quote
from pyhelm.functions.gotypes import Object, wrap_int64
from pyhelm.functions.registry import Function, Host, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | dsa.DSAPrivateKey


class Certificate(Object):
    """A certificate and its key, in PEM."""

    __slots__ = ("Cert", "Key")
    go_type = "sprig.certificate"
    go_kind = "struct"
    go_fields = ("Cert", "Key")

    def __init__(self, cert: str, key: str) -> None:
        self.Cert = cert
        self.Key = key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and (self.Cert, self.Key) == (other.Cert, other.Key)

    def __hash__(self) -> int:
        return hash((self.Cert, self.Key))


# --- PEM ------------------------------------------------------------------------------------------------------------

_PEM = re.compile(
    r"-----BEGIN ([^\n]*?)-----[ \t]*\r?\n(?:[^\n:]*: [^\n]*\n)*"  # type and headers
    r"\s*([A-Za-z0-9+/=\s]*?)-----END \1-----[ \t\r]*(?:\n|\Z)"
)


def _decode_pem(text: str) -> tuple[str, bytes] | None:
    """Return type and content of the first block, ``None`` if there is none (Go's ``pem.Decode``)."""
    for match in _PEM.finditer(text):
        try:
            return match[1], base64.b64decode(re.sub(r"\s", "", match[2]), validate=True)
        except binascii.Error:
            continue
    return None


def _parse_key(text: str) -> PrivateKey:
    block = _decode_pem(text)
    if block is None:
        raise FunctionError("no PEM data in input")
    kind, content = block
    if kind == "PRIVATE KEY":
        return _load_key(content, "decoding PEM as PKCS#8")
    if not kind.endswith(" PRIVATE KEY"):
        raise FunctionError(f"no private key data in PEM block of type {kind}")
    algorithm = kind.removesuffix(" PRIVATE KEY")
    if algorithm not in {"RSA", "EC", "DSA"}:
        raise FunctionError(f"invalid private key type {kind}")
    return _load_key(content, f"parsing {algorithm} private key from PEM")


def _load_key(content: bytes, doing: str) -> PrivateKey:
    try:
        return serialization.load_der_private_key(content, None)  # type: ignore[return-value]
    except (ValueError, TypeError) as error:
        raise FunctionError(f"{doing}: {error}") from error


def _key_to_pem(key: PrivateKey) -> str:
    form = serialization.PrivateFormat.TraditionalOpenSSL
    if isinstance(key, ed25519.Ed25519PrivateKey):
        form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def _gen_private_key(kind: str) -> str:
    key: PrivateKey
    if kind in {"", "rsa"}:
        key = rsa.generate_private_key(65537, 4096)
    elif kind == "dsa":
        key = dsa.generate_private_key(2048)
    elif kind == "ecdsa":
        key = ec.generate_private_key(ec.SECP256R1())
    elif kind == "ed25519":
        key = ed25519.Ed25519PrivateKey.generate()
    else:
        return f"Unknown type {kind}"
    return _key_to_pem(key)


# --- certificates ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Request:
    """What a certificate is to say.

    Attributes:
        names: DNS names and addresses it is for.
        authority: It may sign others.
    """

    common_name: str
    names: tuple[x509.GeneralName, ...]
    days: int
    authority: bool = False


@dataclass(frozen=True, slots=True)
class _Signer:
    certificate: x509.Certificate
    key: PrivateKey


def _request(common_name: str, ips: Sequence[Any], alternates: Sequence[Any], days: int) -> _Request:
    addresses = [x509.IPAddress(_parse_ip(ip)) for ip in ips]
    names = []
    for name in alternates:
        if not isinstance(name, str):
            raise FunctionError(f"error processing alternate dns name: {to_text(name)} is not a string")
        names.append(name)
    for name in names:
        if not name.isascii():
            reason = f"x509: {quote(name)} cannot be encoded as an IA5String"
            raise FunctionError(f"error creating certificate: {reason}")
    return _Request(common_name, (*map(x509.DNSName, names), *addresses), days)


def _parse_ip(text: Any) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    if not isinstance(text, str):
        raise FunctionError(f"error parsing ip: {to_text(text)} is not a string")
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise FunctionError(f"error parsing ip: {text}") from None
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None:
            raise FunctionError(f"error parsing ip: {text}")
        return address.ipv4_mapped or address
    return address


_PRINTABLE = re.compile(r"[A-Za-z0-9 '()+,./:=?-]*")


def _name(common_name: str) -> x509.Name:
    if not common_name:
        return x509.Name([])
    kind = _ASN1Type.PrintableString if _PRINTABLE.fullmatch(common_name) else _ASN1Type.UTF8String
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name, kind, _validate=False)])


def _sign(host: Host, request: _Request, key: PrivateKey, signer: _Signer | None) -> Certificate:
    """Return a certificate for ``key``, signed by ``signer`` or, without one, by itself."""
    signing_key = signer.key if signer else key
    if isinstance(signing_key, dsa.DSAPrivateKey) or isinstance(key, dsa.DSAPrivateKey):
        raise FunctionError("error creating certificate: x509: unsupported public key type: *dsa.PublicKey")
    if signer and _public_der(signer.certificate.public_key()) != _public_der(signing_key.public_key()):
        raise FunctionError("error creating certificate: x509: provided PrivateKey doesn't match parent's PublicKey")
    subject = _name(request.common_name)
    issuer = signer.certificate.subject if signer else subject
    start = host.now().astimezone(UTC).replace(microsecond=0)
    try:
        end = start + timedelta(microseconds=wrap_int64(24 * HOUR * request.days) // 1000)
    except OverflowError:
        raise FunctionError(
            "error creating certificate: asn1: structural error: cannot represent time as GeneralizedTime"
        ) from None
    # The constructor rather than the builder's methods: Go takes a certificate that ends before it begins.
    builder = x509.CertificateBuilder(
        issuer,
        subject,
        signing_key.public_key() if signer is None else key.public_key(),
        host.random.getrandbits(127) + 1,
        start.replace(tzinfo=None),
        end.replace(tzinfo=None, microsecond=0),
    )
    for extension, critical in _extensions(request, key, signer, subject):
        builder = builder.add_extension(extension, critical)
    digest = None if isinstance(signing_key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    certificate = builder.sign(signing_key, digest)
    return Certificate(certificate.public_bytes(serialization.Encoding.PEM).decode(), _key_to_pem(key))


def _public_der(key: Any) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.DER, form)  # type: ignore[no-any-return]


def _extensions(
    request: _Request, key: PrivateKey, signer: _Signer | None, subject: x509.Name
) -> list[tuple[x509.ExtensionType, bool]]:
    usage = x509.KeyUsage(
        digital_signature=True,
        key_encipherment=True,
        key_cert_sign=request.authority,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (usage, True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), False),
        (x509.BasicConstraints(request.authority, None), True),
    ]
    if request.authority:
        extensions.append((x509.SubjectKeyIdentifier(_key_identifier(key)), False))
    if signer and signer.certificate.subject != subject:
        try:
            found = signer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
        except x509.ExtensionNotFound:
            pass
        else:
            extensions.append((x509.AuthorityKeyIdentifier(found.value.digest, None, None), False))
    if request.names:
        extensions.append((x509.SubjectAlternativeName(request.names), not request.common_name))
    return extensions


def _key_identifier(key: PrivateKey) -> bytes:
    """Return the identifier Go makes of a public key: 160 bits of its SHA-256."""
    return hashlib.sha256(_bit_string(_public_der(key.public_key()))).digest()[:20]


def _bit_string(info: bytes) -> bytes:
    """Return the key's bits in a SubjectPublicKeyInfo: the content of its second element."""
    at = _content(info, 0)[0]
    start, length = _content(info, at)
    start, length = _content(info, start + length)
    return info[start + 1 : start + length]


def _content(der: bytes, at: int) -> tuple[int, int]:
    """Return start and length of the content of the DER element at ``at``."""
    first = der[at + 1]
    if first < 0x80:
        return at + 2, first
    count = first & 0x7F
    return at + 2 + count, int.from_bytes(der[at + 2 : at + 2 + count], "big")


# --- functions ------------------------------------------------------------------------------------------------------


def _new_key() -> PrivateKey:
    return rsa.generate_private_key(65537, 2048)


def _given_key(text: str) -> PrivateKey:
    try:
        return _parse_key(text)
    except FunctionError as error:
        raise FunctionError(f"parsing private key: {error}") from error


def _gen_ca(host: Host, common_name: str, days: int) -> Certificate:
    return _sign(host, _Request(common_name, (), days, authority=True), _new_key(), None)


def _gen_ca_with_key(host: Host, common_name: str, days: int, key: str) -> Certificate:
    return _sign(host, _Request(common_name, (), days, authority=True), _given_key(key), None)


def _gen_self_signed(host: Host, common_name: str, ips: list[Any], names: list[Any], days: int) -> Certificate:
    return _sign(host, _request(common_name, ips, names, days), _new_key(), None)


def _gen_self_signed_with_key(
    host: Host, common_name: str, ips: list[Any], names: list[Any], days: int, key: str
) -> Certificate:
    parsed = _given_key(key)
    return _sign(host, _request(common_name, ips, names, days), parsed, None)


def _gen_signed(
    host: Host, common_name: str, ips: list[Any], names: list[Any], days: int, ca: Certificate
) -> Certificate:
    signer = _signer(ca)
    return _sign(host, _request(common_name, ips, names, days), _new_key(), signer)


def _gen_signed_with_key(
    host: Host, common_name: str, ips: list[Any], names: list[Any], days: int, ca: Certificate, key: str
) -> Certificate:
    parsed = _given_key(key)
    signer = _signer(ca)
    return _sign(host, _request(common_name, ips, names, days), parsed, signer)


def _signer(ca: Certificate) -> _Signer:
    block = _decode_pem(ca.Cert)
    if block is None:
        raise FunctionError("unable to decode certificate")
    certificate = _parse_certificate(block[1], "decodedSignerCert")
    try:
        return _Signer(certificate, _parse_key(ca.Key))
    except FunctionError as error:
        raise FunctionError(f"error parsing private key: {error}") from error


def _parse_certificate(content: bytes, name: str) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(content)
    except ValueError as error:
        raise FunctionError(f"error parsing certificate: {name}.Bytes: x509: malformed certificate") from error


def _build_custom_cert(cert: str, key: str) -> Certificate:
    texts = []
    for text, what in ((cert, "certificate"), (key, "private key")):
        try:
            texts.append(decode_base64(text).decode("utf-8", "surrogateescape"))
        except CorruptInputError:
            raise FunctionError(f"unable to decode base64 {what}") from None
    block = _decode_pem(texts[0])
    if block is None:
        raise FunctionError("unable to decode certificate")
    _parse_certificate(block[1], "decodedCert")
    try:
        _parse_key(texts[1])
    except FunctionError as error:
        raise FunctionError(f"error parsing private key: {error}") from error
    return Certificate(*texts)


_ANYS = "[]interface {}"
_CERTIFICATE = "sprig.certificate"
_NAMED = ("string", _ANYS, _ANYS, "int")
_maker = partial(Function, returns=_CERTIFICATE, impure=True)
FUNCTIONS = table(
    [
        Function("buildCustomCert", _build_custom_cert, ("string", "string"), returns=_CERTIFICATE),
        _maker("genCA", _gen_ca, ("string", "int")),
        _maker("genCAWithKey", _gen_ca_with_key, ("string", "int", "string")),
        Function("genPrivateKey", _gen_private_key, ("string",), returns="string"),
        _maker("genSelfSignedCert", _gen_self_signed, _NAMED),
        _maker("genSelfSignedCertWithKey", _gen_self_signed_with_key, (*_NAMED, "string")),
        _maker("genSignedCert", _gen_signed, (*_NAMED, _CERTIFICATE)),
        _maker("genSignedCertWithKey", _gen_signed_with_key, (*_NAMED, _CERTIFICATE, "string")),
    ]
)
