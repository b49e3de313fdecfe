#!/usr/bin/python3
"""Calls the one operation of a WSDL with zeep, and says in JSON what came back.

    zeep_call.py WSDL OPERATION ARGUMENTS

ARGUMENTS is a JSON object.
"""
import json
import sys

import zeep
from lxml import etree
from zeep.helpers import serialize_object


def main():
    wsdl, operation, arguments = sys.argv[1:]
    client = zeep.Client(wsdl)
    try:
        answer = client.service[operation](**json.loads(arguments))
    except zeep.exceptions.Fault as fault:
        detail = fault.detail[0]
        parsed = client.get_element(etree.QName(detail)).parse(detail, client.wsdl.types)
        answer = {"fault": fault.message, "code": fault.code, "detail": serialize_object(parsed, dict)}
    print(json.dumps(serialize_object(answer, dict), default=str, ensure_ascii=False))


main()
