import { BlockList, isIP } from 'node:net'
import { serviceCodeOf } from '../../exchange/identifier.js'
import { metaserviceOf } from '../../exchange/metaservice.js'
import { fieldPlace, report, type YamlPlace } from '../declaration/yaml-place.js'
import type { Service } from '../service.js'
import { warn, type WorkingCopy } from './working-copy.js'

/** Addresses, maintenance windows and default versions of services. */
export function checkServices(copy: WorkingCopy): void {
  const defaults = defaultVersions(copy)
  for (const [id, service, at] of copy.services.declared()) {
    if (httpProtocols.has(service.protocol)) checkAddress(copy, service, at)
    checkWindow(service, at)
    if (metaserviceOf(serviceCodeOf(service.id))) {
      report(at, 'is called as a metaservice, which the bus answers itself', 'Choose another name.')
    }
    const other = defaults.get(serviceCodeOf(service.id))
    if (service.isDefault && other !== undefined && other !== id) {
      report(
        fieldPlace(at, 'default'),
        `${other} is the default version too`,
        'Write default: false there, in the same declaration.',
      )
    }
  }
}

const httpProtocols: ReadonlySet<string> = new Set(['rest', 'soap'])

/** A default version of each service; of two, the one that stands in the registry already. */
function defaultVersions(copy: WorkingCopy): Map<string, string> {
  const found = new Map<string, string>()
  for (const { id, isDefault } of copy.services.after.values()) {
    const code = serviceCodeOf(id)
    if (isDefault && !found.has(code)) found.set(code, id)
  }
  return found
}

function checkAddress(copy: WorkingCopy, { id, address }: Service, at: YamlPlace): void {
  // It was wrong or missing, which has been reported.
  if (address === '') return
  const place = fieldPlace(at, 'address')
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (!url || !/^https?:\/\/[^/]/.test(address)) {
    report(place, 'is no address', 'Begin with http:// or https:// and the name of the host.')
  } else if (url.username !== '' || url.password !== '') {
    report(place, 'holds a user name or password', 'The registry keeps no secrets; remove them.')
  } else if (/[?#]/.test(address)) {
    report(place, 'has a query or fragment', 'Give scheme, host, port and path only.')
  } else if (copy.services.before.get(id)?.address !== address && isPrivateHost(url.hostname)) {
    warn(
      copy,
      place,
      'is in a private range',
      'The bus must be configured to allow such addresses.',
    )
  }
}

function checkWindow({ status, from, until }: Service, at: YamlPlace): void {
  if (status !== 'maintenance') {
    for (const [key, value] of [
      ['from', from],
      ['until', until],
    ] as const) {
      if (value) report(fieldPlace(at, key), 'goes with status: maintenance only', 'Leave it out.')
    }
  } else if (!until) {
    report(at, 'must have until', 'Consumers are told the planned end of the maintenance.')
  } else if (from && from >= until) {
    report(fieldPlace(at, 'until'), 'is not after from', 'Correct one of the two.')
  }
}

const privateRanges = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  privateRanges.addSubnet(network, bits, 'ipv4')
}
for (const [network, bits] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  privateRanges.addSubnet(network, bits, 'ipv6')
}

function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '')
  const family = isIP(host)
  if (family === 0) return host === 'localhost' || host.endsWith('.localhost')
  return privateRanges.check(host, family === 6 ? 'ipv6' : 'ipv4')
}
