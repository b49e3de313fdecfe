#!/usr/bin/python3
"""Calls a service through Sluice with zeep and xmlsec: signs the request, verifies the bus's answer.

    zeep_client.py FOLDER BUS CLIENT SERVICE FIN SURNAME

FOLDER holds key.pem, certificate.pem (RSA or P-256) and bus-certificate.pem, the bus's certificates one
after the other. Copy SluiceSignature as it stands. Exit code 0: answered; 1: refused; 2: the answer was not accepted.
"""
import base64
import collections
import datetime
import hashlib
import json
import sys
import uuid
from urllib.parse import quote

import xmlsec
import zeep
from lxml import etree
from lxml.etree import QName
from zeep import ns
from zeep.exceptions import SignatureVerificationFailed
from zeep.utils import detect_soap_env
from zeep.wsdl.utils import etree_to_string
from zeep.wsse.utils import WSU, ensure_id, get_security_header, get_timestamp

XROAD = "http://x-road.eu/xsd/xroad.xsd"
FAULT = "urn:sluice:fault:1"
X509 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
BASE64 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
# The object identifier id-ecPublicKey (RFC 5480), as it stands in a key.
ELLIPTIC_KEY = bytes.fromhex("06072a8648ce3d0201")
FIVE_MINUTES = datetime.timedelta(minutes=5)


class SluiceSignature:
    """zeep's own wsse plugins sign Body and Timestamp only, with SHA-1; the bus wants every header block."""

    def __init__(self, key_file, certificate_file, bus_certificate_file):
        self.key = xmlsec.Key.from_file(key_file, xmlsec.KeyFormat.PEM)
        self.bus_certificates = pem_blocks(bus_certificate_file)
        self.token = base64.b64encode(pem_blocks(certificate_file)[0]).decode()
        is_elliptic = ELLIPTIC_KEY in pem_blocks(key_file)[0]
        self.method = xmlsec.Transform.ECDSA_SHA256 if is_elliptic else xmlsec.Transform.RSA_SHA256
        self.sent_sha256 = None

    def apply(self, envelope, headers):
        """Signs the Body, a Timestamp and every header block (WS-Security 1.1)."""
        soap_env = detect_soap_env(envelope)
        security = get_security_header(envelope)
        token = etree.SubElement(
            security, QName(ns.WSSE, "BinarySecurityToken"), {"ValueType": X509, "EncodingType": BASE64}
        )
        token.text = self.token
        timestamp = WSU.Timestamp()
        now = datetime.datetime.now(datetime.timezone.utc)
        timestamp.append(WSU.Created(get_timestamp(now, zulu_timestamp=True)))
        timestamp.append(WSU.Expires(get_timestamp(now + FIVE_MINUTES, zulu_timestamp=True)))
        security.append(timestamp)

        signature = xmlsec.template.create(envelope, xmlsec.Transform.EXCL_C14N, self.method)
        reference = etree.SubElement(
            etree.SubElement(
                xmlsec.template.ensure_key_info(signature), QName(ns.WSSE, "SecurityTokenReference")
            ),
            QName(ns.WSSE, "Reference"),
        )
        reference.set("URI", "#" + ensure_id(token))
        reference.set("ValueType", X509)
        security.append(signature)

        context = xmlsec.SignatureContext()
        context.key = self.key
        blocks = [block for block in security.getparent() if block is not security]
        for part in [*blocks, timestamp, envelope.find(QName(soap_env, "Body"))]:
            uri = "#" + ensure_id(part)
            context.register_id(part, "Id", ns.WSU)
            reference = xmlsec.template.add_reference(signature, xmlsec.Transform.SHA256, uri=uri)
            xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
        context.sign(signature)
        # zeep sends exactly these bytes; the answer says which request it answers.
        self.sent_sha256 = hashlib.sha256(etree_to_string(envelope)).digest()
        return envelope, headers

    def verify(self, envelope):
        """Accepts only what the bus signed whole, now, and in answer to this request."""
        if envelope.getroottree().docinfo.doctype:
            raise SignatureVerificationFailed("a document type")
        soap_env = detect_soap_env(envelope)
        header = only(envelope, QName(soap_env, "Header"))
        body = only(envelope, QName(soap_env, "Body"))
        security = only(header, QName(ns.WSSE, "Security"))
        signature = only(security, QName(ns.DS, "Signature"))
        timestamp = only(security, QName(ns.WSU, "Timestamp"))
        token = only(security, QName(ns.WSSE, "BinarySecurityToken"))
        covered = self.verify_signature(envelope, signature, base64.b64decode(token.text))
        for part in [body, timestamp, *header]:
            if part is not security and part not in covered:
                raise SignatureVerificationFailed("not signed: " + part.tag)
        expires = only(timestamp, QName(ns.WSU, "Expires")).text
        expires = datetime.datetime.fromisoformat(expires.replace("Z", "+00:00"))
        if expires < datetime.datetime.now(datetime.timezone.utc):
            raise SignatureVerificationFailed("expired " + expires.isoformat())
        self.verify_request_hash(header, body)

    def verify_signature(self, envelope, signature, certificate):
        """@returns the elements that the bus's signature covers"""
        if certificate not in self.bus_certificates:
            raise SignatureVerificationFailed("signed with another certificate than the bus's")
        uris = [reference.get("URI", "") for reference in signature.iterfind(".//{*}SignedInfo/{*}Reference")]
        # xmlsec finds elements by an Id of any kind: one that is there twice would let it look at one
        # element, and this program at the other.
        by_id = collections.defaultdict(list)
        for element in envelope.iter(etree.Element):
            for name, value in element.attrib.items():
                if QName(name).localname.lower() == "id":
                    by_id[value].append(element)
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(certificate, xmlsec.KeyFormat.CERT_DER)
        for allowed in (xmlsec.Transform.EXCL_C14N, xmlsec.Transform.SHA256):
            context.enable_reference_transform(allowed)
        for allowed in (
            xmlsec.Transform.EXCL_C14N,
            xmlsec.Transform.ECDSA_SHA256,
            xmlsec.Transform.RSA_SHA256,
        ):
            context.enable_signature_transform(allowed)
        covered = []
        for uri in uris:
            named = by_id[uri[1:]] if uri.startswith("#") else []
            if len(named) != 1:
                raise SignatureVerificationFailed("reference to no one element: " + uri)
            covered.append(named[0])
            context.register_id(named[0], "Id", ns.WSU)
        try:
            context.verify(signature)
        except xmlsec.Error as error:
            raise SignatureVerificationFailed("the signature is not the bus's over these bytes") from error
        return covered

    def verify_request_hash(self, header, body):
        """Only a refusal of the bus may lack it: some requests are refused before they are read whole."""
        found = header.find(QName(XROAD, "requestHash"))
        if found is None:
            only(body, QName(body.tag.split("}")[0][1:], "Fault"))
        elif base64.b64decode(found.text) != self.sent_sha256:
            raise SignatureVerificationFailed("the answer to another request")


def only(parent, name):
    """The one child of this name: where there are two, one was smuggled in."""
    found = parent.findall(name)
    if len(found) != 1:
        raise SignatureVerificationFailed("%d times %s" % (len(found), name))
    return found[0]


def pem_blocks(file_name):
    """The octets in each block of a PEM file."""
    with open(file_name) as file:
        return [base64.b64decode(block) for block in file.read().split("-----")[2::4]]


def identifier(path, names):
    return dict(zip(names, path.split("/")))


def main(folder, bus, client, service, fin, surname):
    signature = SluiceSignature(
        folder + "/key.pem", folder + "/certificate.pem", folder + "/bus-certificate.pem"
    )
    soap = zeep.Client("%s/%s?wsdl" % (bus, quote(service)), wsse=signature)
    names = ["xRoadInstance", "memberClass", "memberCode", "subsystemCode", "serviceCode", "serviceVersion"]
    headers = {
        "client": {"objectType": "SUBSYSTEM", **identifier(client, names)},
        "service": {"objectType": "SERVICE", **identifier(service, names)},
        "id": str(uuid.uuid4()),
        "protocolVersion": "4.0",
        "issue": "VN-2026-000118",
        "mode": "body",
        "legalBasis": "Vergi Məcəlləsi, maddə 30",
    }
    try:
        answer = soap.service.finAxtaris(fin=fin, soyad=surname, _soapheaders=headers)
    except zeep.exceptions.Fault as fault:
        said = fault.detail.find(QName(FAULT, "fault")) if fault.detail is not None else None
        texts = {} if said is None else {
            part.get("{http://www.w3.org/XML/1998/namespace}lang", QName(part).localname): part.text
            for part in said
            if QName(part).localname in ("code", "side", "exchangeId", "text")
        }
        print(json.dumps({"faultcode": fault.code, "faultstring": fault.message, **texts}, ensure_ascii=False))
        return 1
    except (SignatureVerificationFailed, zeep.exceptions.TransportError, ValueError) as error:
        print("the answer was not accepted: %s" % error, file=sys.stderr)
        return 2
    if answer is None:
        # zeep looks at no signature of an empty 201 or 202.
        print("the answer was not accepted: empty", file=sys.stderr)
        return 2
    said = {"fin": answer.fin, "adSoyad": answer.adSoyad}
    document = getattr(answer, "sened", None)
    if document is not None:
        said["sened"] = len(document)
    print(json.dumps(said, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 7:
        print(__doc__, file=sys.stderr)
        sys.exit(64)
    sys.exit(main(*sys.argv[1:]))
