const types: Readonly<Record<string, string>> = {
  bin: 'application/octet-stream',
  cer: 'application/pkix-cert',
  crl: 'application/pkix-crl',
  http: 'message/http',
  json: 'application/json',
  ors: 'application/ocsp-response',
  pem: 'application/x-pem-file',
  tst: 'application/vnd.etsi.timestamp-token',
  txt: 'text/plain',
  xml: 'text/xml',
}

/** Media type of a container's file, by the end of its name. */
export function mediaTypeOf(name: string): string {
  return types[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
}
