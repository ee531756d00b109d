"""Passwords, encryption and certificates; certificates have the shape of real Helm's."""

from __future__ import annotations

import base64
import re
import subprocess

import bcrypt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import NameOID

from pyhelm.errors import FunctionError
from pyhelm.functions import lookup
from pyhelm.functions.gofmt import to_text
from pyhelm.functions.gotypes import Int, NilList
from tests.functions.expressions import FixedHost


def run(name, *args):
    function = lookup(name)
    return function.call(FixedHost(), *args) if function.impure else function.call(*args)


def test_bcrypt():
    hashed = run("bcrypt", "p\u00e4ss")
    assert bcrypt.checkpw("p\u00e4ss".encode(), hashed.encode())
    assert run("bcrypt", "p\u00e4ss") == hashed, "the salt comes from the host"
    user, _, entry = run("htpasswd", "u", "x").partition(":")
    assert user == "u"
    assert bcrypt.checkpw(b"x", entry.encode())


def test_aes():
    encrypted = run("encryptAES", "a key that is longer than thirty-two bytes", "plain \u00e9")
    assert run("decryptAES", "a key that is longer than thirty-two bytes", encrypted) == "plain \u00e9"
    assert encrypted != run("encryptAES", "other", "plain \u00e9")


def test_decrypts_what_helm_encrypted(helm, tmp_path):
    chart = make_chart(tmp_path, 'a: {{ encryptAES "key" "hello w\u00f6rld" }}')
    text = re.search(r"a: (\S+)", template(helm, chart))[1]
    assert run("decryptAES", "key", text) == "hello w\u00f6rld"


KINDS = {
    "rsa": "RSA PRIVATE KEY",
    "": "RSA PRIVATE KEY",
    "ecdsa": "EC PRIVATE KEY",
    "ed25519": "PRIVATE KEY",
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind or "default")
def test_private_keys(kind):
    pem = run("genPrivateKey", kind)
    assert pem.startswith(f"-----BEGIN {KINDS[kind]}-----\n")
    serialization.load_pem_private_key(pem.encode(), None)


def make_chart(folder, text):
    chart = folder / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    (chart / "templates" / "a.yaml").write_text(text)
    return chart


def template(helm, chart):
    return subprocess.run([helm, "template", "r", chart], capture_output=True, check=True, text=True).stdout


CHART = """\
{{- $ca := genCA "my ca" 365 }}
{{- $ips := list "10.0.0.1" "::1" "::ffff:1.2.3.4" }}
{{- $found := dict
      "ca" $ca
      "signed" (genSignedCert "cn_x" $ips (list "a.b" "*.c") 30 $ca)
      "self" (genSelfSignedCert "" nil (list "x") 30)
      "ed25519" (genSelfSignedCertWithKey "e" nil nil 30 (genPrivateKey "ed25519"))
      "ecdsa" (genCAWithKey "\u00e9" -3 (genPrivateKey "ecdsa"))
      "same" (genSignedCertWithKey "my ca" nil nil 30 $ca (genPrivateKey "ecdsa")) }}
{{- range $name, $pair := $found }}
{{ $name }}: {{ $pair.Cert | b64enc }} {{ $pair.Key | b64enc }}
{{- end }}
"""


def made_here():
    ca = run("genCA", "my ca", Int(365))
    ips = ["10.0.0.1", "::1", "::ffff:1.2.3.4"]
    ed25519, ecdsa = run("genPrivateKey", "ed25519"), run("genPrivateKey", "ecdsa")
    return {
        "ca": ca,
        "signed": run("genSignedCert", "cn_x", ips, ["a.b", "*.c"], Int(30), ca),
        "self": run("genSelfSignedCert", "", NilList(), ["x"], Int(30)),
        "ed25519": run("genSelfSignedCertWithKey", "e", NilList(), [], Int(30), ed25519),
        "ecdsa": run("genCAWithKey", "\u00e9", Int(-3), ecdsa),
        "same": run("genSignedCertWithKey", "my ca", [], [], Int(30), ca, ecdsa),
    }


def shape(pem):
    """Return all of a certificate that is not random."""
    certificate = x509.load_pem_x509_certificate(pem.encode())
    extensions = []
    for extension in certificate.extensions:
        content = extension.value.public_bytes()
        random = isinstance(extension.value, (x509.SubjectKeyIdentifier, x509.AuthorityKeyIdentifier))
        extensions.append((extension.oid.dotted_string, extension.critical, len(content) if random else content))
    return (
        certificate.subject.public_bytes(),
        certificate.issuer.public_bytes(),
        certificate.signature_algorithm_oid,
        certificate.not_valid_after_utc - certificate.not_valid_before_utc,
        extensions,
    )


def test_certificates_have_the_shape_of_helms(helm, tmp_path):
    found = re.findall(r"^(\w+): (\S+) (\S+)$", template(helm, make_chart(tmp_path, CHART)), re.MULTILINE)
    here = made_here()
    assert sorted(name for name, _, _ in found) == sorted(here)
    for name, cert, key in found:
        assert shape(base64.b64decode(cert).decode()) == shape(here[name].Cert), name
        assert base64.b64decode(key).split(b"\n")[0].decode() == here[name].Key.split("\n")[0], name


def test_signatures_hold():
    here = made_here()
    ca = x509.load_pem_x509_certificate(here["ca"].Cert.encode())
    x509.load_pem_x509_certificate(here["signed"].Cert.encode()).verify_directly_issued_by(ca)
    ca.verify_directly_issued_by(ca)
    assert ca.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "my ca"
    key = serialization.load_pem_private_key(here["ca"].Key.encode(), None)
    assert key.public_key() == ca.public_key()


def test_a_certificate_is_printed_as_a_struct():
    ca = run("genCAWithKey", "x", Int(1), run("genPrivateKey", "ecdsa"))
    assert to_text(ca) == f"{{{ca.Cert} {ca.Key}}}"
    again = run(
        "buildCustomCert", base64.b64encode(ca.Cert.encode()).decode(), base64.b64encode(ca.Key.encode()).decode()
    )
    assert again == ca


def test_a_key_that_is_not_the_signers():
    one, other = (run("genCAWithKey", "x", Int(1), run("genPrivateKey", "ecdsa")) for _ in range(2))
    one.Key = other.Key
    with pytest.raises(FunctionError, match="provided PrivateKey doesn't match parent's PublicKey"):
        run("genSignedCertWithKey", "y", [], [], Int(1), one, other.Key)
