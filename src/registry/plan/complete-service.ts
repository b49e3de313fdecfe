import type { ContractTerms, ExchangePattern, SoapHandling } from '../../exchange/route.js'
import { serviceLimitDefaults } from '../../limits/registry.js'
import type { DeclaredService } from '../declaration/declaration.js'
import { fieldPlace, report } from '../declaration/yaml-place.js'
import { exchangeModes, type Service } from '../service.js'
import { kept, whole, type Complete } from './whole-entry.js'

export const completeService: Complete<DeclaredService, Service> = (declared, existing) => {
  const { id, patch } = declared
  const needed = whole(
    declared,
    {
      protocol: patch.protocol ?? existing?.protocol,
      address: patch.address ?? existing?.address,
      modes: patch.modes ?? existing?.modes,
    },
    { protocol: '', address: '', modes: exchangeModes },
  )
  const status = patch.status ?? existing?.status ?? 'active'
  // A window ends with the maintenance it belongs to, unless the declaration says otherwise.
  const window = status === 'maintenance' ? existing : undefined
  return {
    ...needed,
    id,
    name: kept(patch.name, existing?.name),
    isDefault: patch.isDefault ?? existing?.isDefault ?? false,
    pattern: patternOf(declared, existing),
    idempotent: patch.idempotent ?? existing?.idempotent ?? false,
    providerSignature: patch.providerSignature ?? existing?.providerSignature ?? 'none',
    soap: soapOf(patch.soap, existing?.soap),
    contract: contractOf(declared, needed.protocol, existing?.contract),
    classification: patch.classification ?? existing?.classification ?? 'open',
    limits: { ...(existing?.limits ?? serviceLimitDefaults), ...patch.limits },
    subjects: patch.subjects ?? existing?.subjects ?? [],
    assurance: kept(patch.assurance, existing?.assurance),
    rate: kept(patch.rate, existing?.rate),
    status,
    from: kept(patch.from, window?.from),
    until: kept(patch.until, window?.until),
    successor: kept(patch.successor, existing?.successor),
    deprecatedFrom: kept(patch.deprecatedFrom, existing?.deprecatedFrom),
    archived: patch.archived ?? existing?.archived ?? false,
  }
}

/** As the declaration says, or else a contract that comes with it. What a contract says, both must. */
function patternOf({ patch, at }: DeclaredService, existing: Service | undefined): ExchangePattern {
  const { pattern: said, contract } = patch
  const facts = contract?.facts
  if (said && facts && said !== facts.pattern) {
    report(
      fieldPlace(at, 'pattern'),
      `is ${said}, and the contract says ${facts.pattern}`,
      'Leave it out, or correct pattern in contract.yaml.',
    )
  }
  // Of a contract that is here already only the digest is at hand.
  const isHeld = contract !== null && (contract?.digest ?? existing?.contract) !== undefined
  if (said && existing && !facts && isHeld && said !== existing.pattern) {
    report(
      fieldPlace(at, 'pattern'),
      'changes under a contract, which says it too',
      'Give the folder of a contract with this pattern, or contract: null.',
    )
  }
  return said ?? facts?.pattern ?? existing?.pattern ?? 'request-reply'
}

function soapOf(
  said: DeclaredService['patch']['soap'],
  existing: SoapHandling | undefined,
): SoapHandling | undefined {
  if (said === undefined) return existing
  if (said === null) return undefined
  const { action, ...rest } = said
  return { ...(existing ?? wholeMessage), ...rest, action: kept(action, existing?.action) }
}

/** Another contract brings its own levels; what the declaration says goes before. */
function contractOf(
  { patch, at }: DeclaredService,
  protocol: string,
  existing: ContractTerms | undefined,
): ContractTerms | undefined {
  const { contract: said, validation } = patch
  const facts = said?.facts
  if (facts && protocol !== '' && !facts.protocols.includes(protocol)) {
    report(
      fieldPlace(at, 'contract'),
      `describes a service in ${facts.protocols.join(' or ')}, and the service's protocol is ${protocol}`,
      "The contract describes the provider's side.",
    )
  }
  // Of a folder that cannot be registered, the reason has been reported.
  const isUnread = said !== null && said?.folder !== undefined
  const digest = said === undefined || isUnread ? existing?.digest : said?.digest
  if (digest === undefined) {
    if (validation && !isUnread)
      report(fieldPlace(at, 'validation'), 'goes with a contract', 'Leave it out.')
    return undefined
  }
  const before = digest === existing?.digest ? existing : facts?.validation
  return {
    digest,
    request: validation?.request ?? before?.request ?? 'block',
    reply: validation?.reply ?? before?.reply ?? 'block',
  }
}

const wholeMessage: SoapHandling = { securityHeader: 'keep', xroadHeaders: 'keep' }
