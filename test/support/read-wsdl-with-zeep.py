"""Reads WSDLs with zeep. Each argument is JSON: [file, {operation: arguments of a call or null}].

Prints {file: {operation: the SOAP envelope of the call, or the signature of the input where nothing is called}}.
"""
import json
import logging
import sys

import zeep
from lxml import etree

logging.disable(logging.WARNING)
found = {}
for argument in sys.argv[1:]:
    path, calls = json.loads(argument)
    client = zeep.Client(path)
    found[path] = {}
    for name, call in calls.items():
        if call is None:
            found[path][name] = client.service._binding.get(name).input.body.signature()
        else:
            message = client.create_message(client.service, name, **call)
            found[path][name] = etree.tostring(message).decode()
print(json.dumps(found))
