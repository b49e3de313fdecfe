import { defaultPayloadRetentionDays } from '../limits/log-archive.js'

/** How long payloads are kept, days. */
export interface Retention {
  /** Of services that have no rule of their own, and of entries that name none. */
  readonly payloadsDays: number
  /** By service, with or without its version. */
  readonly services: Readonly<Record<string, number>>
}

export const defaultRetention: Retention = {
  payloadsDays: defaultPayloadRetentionDays,
  services: {},
}

/** @param service - a service version, or '' */
export function retentionDaysOf({ payloadsDays, services }: Retention, service: string): number {
  const unversioned = service.slice(0, Math.max(0, service.lastIndexOf('/')))
  return ownRule(services, service) ?? ownRule(services, unversioned) ?? payloadsDays
}

function ownRule(services: Retention['services'], name: string): number | undefined {
  return Object.hasOwn(services, name) ? services[name] : undefined
}
