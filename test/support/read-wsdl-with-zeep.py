"""Reads WSDLs with zeep and prints as JSON what each has: {file: {operation: [signature of input, of output]}}."""
import json
import logging
import sys

import zeep

logging.disable(logging.WARNING)
found = {}
for path in sys.argv[1:]:
    client = zeep.Client(path)
    operations = {}
    for service in client.wsdl.services.values():
        for port in service.ports.values():
            for operation in port.binding.all().values():
                output = operation.output.signature() if operation.output else None
                operations[operation.name] = [operation.input.body.signature(), output]
    found[path] = operations
print(json.dumps(found))
