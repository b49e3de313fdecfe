#!/usr/bin/python3
"""Takes requests and messages from Sluice's queue with pika and openssl, answers them, and says what became of them.

    provider.py FOLDER PROVIDER

FOLDER holds key.pem, certificate.pem (P-256 or RSA) and bus-certificate.pem, the bus's certificates one after the
other; what was done already is kept in done.sqlite there. AMQP_URL is what `sluice mq user` wrote. Ends with
Ctrl-C. Put your own work into `answer` and `take`.
"""
import datetime
import json
import os
import sqlite3
import sys
from urllib.parse import quote

import pika

from sluice_signature import Bus, NotAccepted, Signer, signature_digest

JSON = "application/json"


def answer(asked, number):
    """What is answered to a request: status and body."""
    return 200, {"nomre": number, "sorgu": asked}


def take(message, number):
    """What becomes of a one-way message: the notices of it, in their order."""
    if not isinstance(message, dict) or not message.get("mezmun"):
        return [("IMTINA", {"ground": "Sənədin məzmunu yoxdur"})]
    date = datetime.date.today().isoformat()
    # Registered is accepted, too. Who registers later gives QEBUL_EDILIB ({}) first.
    return [("QEYDIYYATA_ALINIB", {"number": f"M-{number}", "date": date})]


def outcome_of(body, number, is_one_way):
    try:
        content = json.loads(body)
    except ValueError:
        return [("IMTINA", {"ground": "JSON deyil"})] if is_one_way else (400, {"xeta": "JSON deyil"})
    return take(content, number) if is_one_way else answer(content, number)


class Provider:
    def __init__(self, url, provider, signer, bus, done_file):
        self.provider, self.signer, self.bus = provider, signer, bus
        self.name = ".".join(quote(part, safe="!*'()").replace(".", "%2E") for part in provider.split("/"))
        self.done = sqlite3.connect(done_file)
        self.done.execute("CREATE TABLE IF NOT EXISTS done (number INTEGER PRIMARY KEY, id TEXT UNIQUE, said TEXT)")
        self.connection = pika.BlockingConnection(pika.URLParameters(url))
        self.channel = self.connection.channel()
        self.channel.confirm_delivery()
        self.channel.basic_qos(prefetch_count=16)
        self.channel.basic_consume(self.name + ".in", self.arrived)

    def arrived(self, channel, method, properties, body):
        headers = properties.headers or {}
        signature = headers.get("sluice-delivery-signature")
        try:
            said = self.bus.verify(signature, "sluice-delivery+jws", body, properties.content_type)
        except NotAccepted as error:
            # The broker puts it among the dead letters of the bus, where the operator sees it.
            print(f"not accepted: {error}", file=sys.stderr)
            channel.basic_reject(method.delivery_tag, requeue=False)
            return
        is_one_way = said["pattern"] == "one-way"
        for envelope, kind, content in self.work(said, signature, body, is_one_way):
            self.publish(said, envelope, kind, content)
        # Only now: a delivery that is not acknowledged comes again.
        channel.basic_ack(method.delivery_tag)

    def work(self, said, signature, body, is_one_way):
        """Does the work once, however often the delivery comes; what is said of it is the same each time."""
        exchange_id = said["exchangeId"]
        known = self.done.execute("SELECT said FROM done WHERE id = ?", (exchange_id,)).fetchone()
        if known:
            outcome = json.loads(known[0])
        else:
            # One transaction for the work and for the knowledge that it is done.
            with self.done:
                row = self.done.execute("INSERT INTO done (id) VALUES (?)", (exchange_id,))
                outcome = outcome_of(body, row.lastrowid, is_one_way)
                self.done.execute("UPDATE done SET said = ? WHERE id = ?", (json.dumps(outcome), exchange_id))
            print(f"done: {exchange_id}", flush=True)
        if is_one_way:
            for notice, content in outcome:
                yield {"client": self.provider, "exchangeId": exchange_id, "notice": notice}, "notice", content
        else:
            status, content = outcome
            # It answers this very delivery, and can be moved to no other.
            bound = signature_digest(signature)
            yield {"exchangeId": exchange_id, "status": status, "requestSignature": bound}, "answer", content

    def publish(self, said, envelope, kind, content):
        body = json.dumps(content, ensure_ascii=False).encode()
        headers = {"sluice-signature": self.signer.sign(f"sluice-{kind}+jws", envelope, body, JSON)}
        if kind == "answer":
            headers["sluice-status"] = envelope["status"]
        properties = pika.BasicProperties(
            content_type=JSON,
            correlation_id=said["exchangeId"],
            type=envelope.get("notice"),
            delivery_mode=2,
            headers=headers,
        )
        try:
            self.channel.basic_publish(self.name + ".answers", said["replyTo"], body, properties, mandatory=True)
        except pika.exceptions.UnroutableError:
            print(f"nobody waits any more for the answer to {said['exchangeId']}", file=sys.stderr)


def main(folder, provider):
    signer = Signer(os.path.join(folder, "key.pem"), os.path.join(folder, "certificate.pem"))
    bus = Bus(os.path.join(folder, "bus-certificate.pem"))
    done_file = os.path.join(folder, "done.sqlite")
    one = Provider(os.environ["AMQP_URL"], provider, signer, bus, done_file)
    print("ready", flush=True)
    try:
        one.channel.start_consuming()
    except KeyboardInterrupt:
        one.connection.close()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        sys.exit(64)
    main(*sys.argv[1:])
