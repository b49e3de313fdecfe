"""Signs messages for Sluice and verifies the bus's: JWS with detached payload (RFC 7515, RFC 7797), by openssl.

Copy it as it stands. Keys: P-256 (ES256) or RSA (RS256).
"""
import base64
import hashlib
import json
import re
import subprocess
import tempfile
import time


class NotAccepted(Exception):
    """A message that is not signed by the bus, or not the one that was expected."""


def openssl(*arguments, octets=b""):
    return subprocess.run(["openssl", *arguments], input=octets, stdout=subprocess.PIPE, check=True).stdout


def base64url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def octets_of(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def certificates_in(file):
    """The certificates of a PEM file, in DER."""
    with open(file, encoding="ascii") as pem:
        blocks = re.findall("-----BEGIN CERTIFICATE-----([^-]+)-----END", pem.read())
    return [base64.b64decode(block) for block in blocks]


def thumbprint_of(certificate):
    return base64url(hashlib.sha256(certificate).digest())


def signature_digest(signature):
    """How one signature is named in another."""
    return base64url(hashlib.sha256(octets_of(signature.split(".")[2])).digest())


def raw_of_der(der):
    """openssl writes ECDSA's r and s as INTEGERs in DER; JWS has 32 octets for each (RFC 7518 section 3.4)."""
    end_of_r = 4 + der[3]
    numbers = (der[4:end_of_r], der[end_of_r + 2 :])
    return b"".join(number.lstrip(b"\0").rjust(32, b"\0") for number in numbers)


def der_of_raw(raw):
    def integer(number):
        number = number.lstrip(b"\0") or b"\0"
        number = b"\0" + number if number[0] > 127 else number
        return bytes([2, len(number)]) + number

    numbers = integer(raw[:32]) + integer(raw[32:])
    return bytes([0x30, len(numbers)]) + numbers


def algorithm_of(public_key_text):
    return "ES256" if b"prime256v1" in public_key_text else "RS256"


class Signer:
    """An agency's own key."""

    def __init__(self, key_file, certificate_file):
        self.key_file = key_file
        self.thumbprint = thumbprint_of(certificates_in(certificate_file)[0])
        self.algorithm = algorithm_of(openssl("pkey", "-in", key_file, "-noout", "-text_pub"))

    def sign(self, kind, envelope, body, content_type):
        """The header sluice-signature of a message with this body."""
        protected = {
            "alg": self.algorithm,
            "b64": False,
            "crit": ["b64"],
            "typ": kind,
            "x5t#S256": self.thumbprint,
            "iat": int(time.time()),
            "cty": content_type,
            "env": envelope,
        }
        header = base64url(json.dumps(protected, ensure_ascii=False).encode())
        value = openssl("dgst", "-sha256", "-sign", self.key_file, octets=header.encode() + b"." + body)
        if self.algorithm == "ES256":
            value = raw_of_der(value)
        return header + ".." + base64url(value)


class Bus:
    """Whose signatures are believed: the bus's certificates and no other, not any that their issuer issued."""

    def __init__(self, certificates_file):
        self.keys = {thumbprint_of(each): self.key_of(each) for each in certificates_in(certificates_file)}

    @staticmethod
    def key_of(certificate):
        key = openssl("x509", "-inform", "DER", "-noout", "-pubkey", octets=certificate)
        return key, algorithm_of(openssl("pkey", "-pubin", "-noout", "-text_pub", octets=key))

    def verify(self, signature, kind, body, content_type):
        """What the bus says of this message: the member env. Nothing outside of it is to be believed."""
        try:
            header, empty, value = signature.split(".")
            protected = json.loads(octets_of(header))
            key, algorithm = self.keys[protected["x5t#S256"]]
            value = octets_of(value)
        except (AttributeError, KeyError, TypeError, ValueError):
            raise NotAccepted("not signed by the bus") from None
        stated = [protected.get(name) for name in ("alg", "b64", "crit", "typ", "cty")]
        if empty or stated != [algorithm, False, ["b64"], kind, content_type]:
            raise NotAccepted("signed for something else")
        if algorithm == "ES256":
            value = der_of_raw(value)
        with tempfile.NamedTemporaryFile() as key_file, tempfile.NamedTemporaryFile() as value_file:
            for file, octets in ((key_file, key), (value_file, value)):
                file.write(octets)
                file.flush()
            verify = ["openssl", "dgst", "-sha256", "-verify", key_file.name, "-signature", value_file.name]
            signed = header.encode() + b"." + body
            if subprocess.run(verify, input=signed, capture_output=True, check=False).returncode != 0:
                raise NotAccepted("altered after the bus signed it")
        return protected["env"]
