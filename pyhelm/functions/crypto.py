"""Passwords: hashes of them, passwords derived from one, and text encrypted with one."""

from __future__ import annotations

import base64
import hashlib
import hmac

from pyhelm.errors import FunctionError
from pyhelm.functions.encoding import CorruptInputError, decode_base64
from pyhelm.functions.registry import Function, Host, table

_BLOCK = 16


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


# --- hashes ---------------------------------------------------------------------------------------------------------

_COST = 10
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_BCRYPT_BASE64 = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def _bcrypt(host: Host, password: str) -> str:
    import bcrypt

    octets = _octets(password)
    if len(octets) > 72:
        return "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes"
    salt = base64.b64encode(host.random.randbytes(16)).rstrip(b"=").translate(bytes.maketrans(_BASE64, _BCRYPT_BASE64))
    return bcrypt.hashpw(octets, b"$2a$%d$%s" % (_COST, salt)).decode()


def _htpasswd(host: Host, user: str, password: str) -> str:
    return f"invalid username: {user}" if ":" in user else f"{user}:{_bcrypt(host, password)}"


# --- derived passwords ----------------------------------------------------------------------------------------------

# The Master Password algorithm (masterpassword.app, version 0): forms of passwords, and what their letters stand for.
_SCOPE = b"com.lyndir.masterpassword"
_FORMS = {
    "maximum": "anoxxxxxxxxxxxxxxxxx axxxxxxxxxxxxxxxxxno",
    "long": (
        "CvcvnoCvcvCvcv CvcvCvcvnoCvcv CvcvCvcvCvcvno CvccnoCvcvCvcv CvccCvcvnoCvcv CvccCvcvCvcvno CvcvnoCvccCvcv "
        "CvcvCvccnoCvcv CvcvCvccCvcvno CvcvnoCvcvCvcc CvcvCvcvnoCvcc CvcvCvcvCvccno CvccnoCvccCvcv CvccCvccnoCvcv "
        "CvccCvccCvcvno CvcvnoCvccCvcc CvcvCvccnoCvcc CvcvCvccCvccno CvccnoCvcvCvcc CvccCvcvnoCvcc CvccCvcvCvccno"
    ),
    "medium": "CvcnoCvc CvcCvcno",
    "short": "Cvcn",
    "basic": "aaanaaan aannaaan aaannaaa",
    "pin": "nnnn",
}
_LETTERS = {
    "V": "AEIOU",
    "C": "BCDFGHJKLMNPQRSTVWXYZ",
    "v": "aeiou",
    "c": "bcdfghjklmnpqrstvwxyz",
    "A": "AEIOUBCDFGHJKLMNPQRSTVWXYZ",
    "a": "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
    "n": "0123456789",
    "o": "@&%?,=[]_:-+*$#!'^~;()/.",
    "x": "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
}


def _derive_password(counter: int, form: str, password: str, user: str, site: str) -> str:
    forms = _FORMS.get(form)
    if forms is None:
        return f"cannot find password template {form}"
    salt = _SCOPE + _with_length(user)
    key = hashlib.scrypt(_octets(password), salt=salt, n=32768, r=8, p=2, dklen=64, maxmem=128 * 1024 * 1024)
    message = _SCOPE + _with_length(site) + counter.to_bytes(4, "big")
    seed = hmac.digest(key, message, "sha256")
    choices = forms.split()
    chosen = choices[seed[0] % len(choices)]
    return "".join([_LETTERS[letter][octet % len(_LETTERS[letter])] for letter, octet in zip(chosen, seed[1:])])  # noqa: B905


def _with_length(text: str) -> bytes:
    octets = _octets(text)
    return len(octets).to_bytes(4, "big") + octets


# --- encrypted text -------------------------------------------------------------------------------------------------


def _encrypt_aes(host: Host, password: str, text: str) -> str:
    """Return ``text`` in AES-256-CBC, the vector first; the key is the password cut or filled with zeros."""
    if not text:
        return ""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    plain = _octets(text)
    padding = _BLOCK - len(plain) % _BLOCK
    vector = host.random.randbytes(_BLOCK)
    encryptor = Cipher(algorithms.AES(_key(password)), modes.CBC(vector)).encryptor()
    encrypted = encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
    return base64.b64encode(vector + encrypted).decode()


def _decrypt_aes(password: str, text: str) -> str:
    if not text:
        return ""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    try:
        octets = decode_base64(text)
    except CorruptInputError as error:
        raise FunctionError(str(error)) from error
    if len(octets) < _BLOCK:
        raise FunctionError(f"runtime error: slice bounds out of range [:16] with capacity {len(text) // 4 * 3}")
    if len(octets) % _BLOCK:
        raise FunctionError("crypto/cipher: input not full blocks")
    if len(octets) == _BLOCK:
        raise FunctionError("runtime error: index out of range [-1]")
    decryptor = Cipher(algorithms.AES(_key(password)), modes.CBC(octets[:_BLOCK])).decryptor()
    plain = decryptor.update(octets[_BLOCK:]) + decryptor.finalize()
    end = len(plain) - plain[-1]
    if end < 0:
        raise FunctionError(f"runtime error: slice bounds out of range [:{end}]")
    return plain[:end].decode("utf-8", "surrogateescape")


def _key(password: str) -> bytes:
    return _octets(password)[:32].ljust(32, b"\0")


_TWO = ("string", "string")
FUNCTIONS = table(
    [
        Function("bcrypt", _bcrypt, ("string",), returns="string", impure=True),
        Function("decryptAES", _decrypt_aes, _TWO, returns="string"),
        Function(
            "derivePassword", _derive_password, ("uint32", "string", "string", "string", "string"), returns="string"
        ),
        Function("encryptAES", _encrypt_aes, _TWO, returns="string", impure=True),
        Function("htpasswd", _htpasswd, ("string", "string"), returns="string", impure=True),
    ]
)
