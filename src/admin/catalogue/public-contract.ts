import type { ContractFiles } from '../../contract/contract-files.js'

const portAddress =
  /(<(?:[\w.-]{1,64}:)?address\b[^<>]{0,2000}?\blocation\s*=\s*)(?:"[^"]*"|'[^']*')/g
/** Of WS-Addressing, within an endpoint reference. */
const endpointAddress = /(<(?:[\w.-]{1,64}:)?Address(?:\s[^<>]{0,2000})?>)[^<]*/g

/** A WSDL that leaves to its reader where the bus is: a provider's own address is nobody's business (R-109). */
export function withoutAddresses(wsdl: string): string {
  return wsdl.replaceAll(portAddress, '$1"/"').replaceAll(endpointAddress, '$1/')
}

/** Addresses of machines and mail, and who is asked about a description. */
const telling = [
  /<(?:[\w.-]{1,64}:)?address\b/i,
  /["']?(?:servers|contact|host|basePath)["']?\s*:/,
  /[^\s@"'<>]{1,64}@[^\s@"'<>]{1,64}\.[^\s@"'<>]{2,}/,
]

/** Whether the files of a contract say neither where a system is nor who works there. */
export function namesNobody(files: ContractFiles): boolean {
  return [...files.values()].every((bytes) => {
    const text = Buffer.from(bytes).toString('utf8')
    return !telling.some((pattern) => pattern.test(text))
  })
}
