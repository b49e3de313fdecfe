#!/usr/bin/python3
"""Asks services and sends messages through Sluice's queues with pika and openssl.

    consumer.py FOLDER CLIENT request SERVICE BODY [MEMBER=VALUE...]
    consumer.py FOLDER CLIENT message SERVICE[,SERVICE...] BODY [MEMBER=VALUE...]

FOLDER holds key.pem, certificate.pem (P-256 or RSA) and bus-certificate.pem, the bus's certificates one after the
other. AMQP_URL is what `sluice mq user` wrote. MEMBER=VALUE is what else the signature says: mode=body issue=…
Waits 30 seconds, or SECONDS. Exit code 0: answered, or every recipient accepted; 1: refused; 2: what came was not
accepted; 3: nothing came in time.
"""
import json
import os
import sys
import time
import uuid
from urllib.parse import quote

import pika

from sluice_signature import Bus, NotAccepted, Signer, signature_digest

JSON = "application/json"


class Consumer:
    def __init__(self, url, client, signer, bus):
        self.client, self.signer, self.bus = client, signer, bus
        self.name = ".".join(quote(part, safe="!*'()").replace(".", "%2E") for part in client.split("/"))
        self.connection = pika.BlockingConnection(pika.URLParameters(url))
        self.channel = self.connection.channel()
        # With it basic_publish returns once the message is safe with the broker, and raises where it is not.
        self.channel.confirm_delivery()
        self.channel.basic_qos(prefetch_count=1)

    def publish(self, key, addressed, body, more):
        """Signs and publishes. Returns the message's id and signature."""
        message_id = str(uuid.uuid4())
        envelope = {"client": self.client, **addressed, "id": message_id, **more}
        signature = self.signer.sign("sluice-request+jws", envelope, body, JSON)
        properties = pika.BasicProperties(
            content_type=JSON,
            message_id=message_id,
            delivery_mode=2,
            headers={"sluice-signature": signature},
        )
        self.channel.basic_publish(self.name + ".out", key, body, properties, mandatory=True)
        return message_id, signature

    def arriving(self, queue, seconds):
        """What comes into a queue of ours, until the time is over."""
        end = time.monotonic() + seconds
        try:
            for method, properties, body in self.channel.consume(queue, inactivity_timeout=0.2):
                if method:
                    yield method, properties, body
                if time.monotonic() > end:
                    raise TimeoutError
        finally:
            self.channel.cancel()

    def ask(self, service, body, seconds, more):
        """Request and reply: returns status, kind (`reply`, or `fault` for a refusal) and body."""
        message_id, signature = self.publish("request", {"service": service}, body, more)
        for method, properties, reply in self.arriving(self.name + ".replies", seconds):
            # What is not ours came too late for who asked.
            self.channel.basic_ack(method.delivery_tag)
            if properties.correlation_id != message_id:
                continue
            said = self.verified("sluice-reply+jws", properties, reply)
            if properties.type != said["type"]:
                raise NotAccepted("the answer of another kind")
            # Only a refusal of what the bus could not read lacks it.
            bound = said.get("requestSignature", "" if said["type"] == "fault" else None)
            if bound not in ("", signature_digest(signature)):
                raise NotAccepted("the answer to another request")
            return said["status"], said["type"], reply

    def send(self, services, body, seconds, more):
        """One message to one recipient or several: yields each notice, until every recipient took or refused it."""
        addressed = {"service": services[0]} if len(services) == 1 else {"to": services}
        message_id, _ = self.publish("message", addressed, body, more)
        waiting = set(services)
        for method, properties, body in self.arriving(self.name + ".notices", seconds):
            notice = json.loads(body)
            if properties.correlation_id == message_id:
                said = self.verified("sluice-notice+jws", properties, body)
                if said["notice"] != notice["notice"] or said["exchangeId"] != notice["exchangeId"]:
                    raise NotAccepted("the notice of another message")
                yield notice
                if notice["notice"] in ("QEYDIYYATA_ALINIB", "IMTINA"):
                    waiting.discard(notice.get("recipient"))
            # A real system keeps what it is told of earlier messages, too, before it acknowledges.
            self.channel.basic_ack(method.delivery_tag)
            # A message that the bus could not read has no recipients: its refusal is all there is.
            if not waiting or (properties.correlation_id == message_id and "recipient" not in notice):
                return

    def verified(self, kind, properties, body):
        signature = (properties.headers or {}).get("sluice-signature")
        return self.bus.verify(signature, kind, body, properties.content_type)


def main(folder, client, key, services, body, *members):
    signer = Signer(os.path.join(folder, "key.pem"), os.path.join(folder, "certificate.pem"))
    bus = Bus(os.path.join(folder, "bus-certificate.pem"))
    consumer = Consumer(os.environ["AMQP_URL"], client, signer, bus)
    more = dict(member.split("=", 1) for member in members)
    if "expires" in more:
        more["expires"] = int(more["expires"])
    seconds = float(os.environ.get("SECONDS_MAX", "30"))
    try:
        if key == "request":
            status, kind, reply = consumer.ask(services, body.encode(), seconds, more)
            print(json.dumps({"status": status, "kind": kind, "body": json.loads(reply)}, ensure_ascii=False))
            return 1 if kind == "fault" else 0
        refused = False
        for notice in consumer.send(services.split(","), body.encode(), seconds, more):
            print(json.dumps(notice, ensure_ascii=False), flush=True)
            refused = refused or notice["notice"] == "IMTINA"
        return 1 if refused else 0
    except NotAccepted as error:
        print(f"not accepted: {error}", file=sys.stderr)
        return 2
    except TimeoutError:
        print("nothing came in time", file=sys.stderr)
        return 3
    finally:
        consumer.connection.close()


if __name__ == "__main__":
    if len(sys.argv) < 6 or sys.argv[3] not in ("request", "message"):
        print(__doc__, file=sys.stderr)
        sys.exit(64)
    sys.exit(main(*sys.argv[1:]))
