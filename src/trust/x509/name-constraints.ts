import type { Certificate } from './certificate.js'
import type { NameConstraints, Subtree } from './certificate-extensions.js'
import type { GeneralName } from './general-name.js'
import { nameComparisonsMax } from '../../limits/certificates.js'
import { isWithin } from './name.js'

/** The subtrees in force (RFC 5280 §6.1.2 (b), (c)): every extension on the path adds its own. */
export class NameConstraintState {
  // A name must lie in one subtree of each extension that permits names of its form: intersection.
  readonly #permitted: (readonly Subtree[])[] = []
  readonly #excluded: Subtree[] = []
  #comparisons = 0

  /** §6.1.4 (g). */
  add(constraints: NameConstraints | undefined): void {
    if (!constraints) return
    this.#permitted.push(constraints.permitted)
    this.#excluded.push(...constraints.excluded)
  }

  /** §6.1.3 (b), (c). @returns what is wrong with the certificate's names, or undefined */
  refuses(certificate: Certificate): string | undefined {
    if (this.#permitted.length === 0) return undefined
    for (const name of namesOf(certificate)) {
      const trouble = this.#refusesName(name)
      if (trouble) return trouble
    }
    return undefined
  }

  #refusesName(name: GeneralName): string | undefined {
    for (const subtrees of this.#permitted) {
      const sameForm = subtrees.filter((subtree) => isSameForm(subtree.base, name))
      if (sameForm.length === 0) continue
      const trouble = this.#isUnusable(sameForm, name)
      if (trouble) return trouble
      if (!sameForm.some((subtree) => isInSubtree(name, subtree.base))) {
        return `its ${describe(name)} lies outside the permitted names`
      }
    }
    const excluded = this.#excluded.filter((subtree) => isSameForm(subtree.base, name))
    const trouble = this.#isUnusable(excluded, name)
    if (trouble) return trouble
    return excluded.some((subtree) => isInSubtree(name, subtree.base, true))
      ? `its ${describe(name)} lies among the excluded names`
      : undefined
  }

  /** §4.2.1.10: a constraint that cannot be processed refuses names of its form. */
  #isUnusable(subtrees: readonly Subtree[], name: GeneralName): string | undefined {
    this.#comparisons += subtrees.length
    if (this.#comparisons > nameComparisonsMax) return 'it has too many names to compare'
    if (subtrees.length > 0 && name.form === 'other') {
      return 'it has a name of a form whose constraints are not supported'
    }
    return subtrees.every((subtree) => subtree.plain)
      ? undefined
      : 'a name constraint sets a minimum or maximum, which is not supported'
  }
}

/** The subject, its e-mail addresses, and every alternative name. */
function namesOf(certificate: Certificate): GeneralName[] {
  const { subject, subjectAltNames } = certificate
  const directory: GeneralName[] =
    subject.rdns.length > 0 ? [{ form: 'directory', name: subject }] : []
  const emails = subject.emails.map((value): GeneralName => ({ form: 'email', value }))
  return [...directory, ...emails, ...subjectAltNames]
}

function isSameForm(base: GeneralName, name: GeneralName): boolean {
  if (base.form === 'other' || name.form === 'other') {
    return base.form === 'other' && name.form === 'other' && base.tag === name.tag
  }
  return base.form === name.form
}

function describe(name: GeneralName): string {
  const words = {
    directory: 'name',
    email: 'e-mail address',
    dns: 'DNS name',
    uri: 'URI',
    ip: 'IP address',
    other: 'other name',
  }
  return words[name.form]
}

/**
 * Whether a name lies in a subtree of its own form. A name that cannot be read lies in no permitted
 * subtree and in every excluded one.
 */
function isInSubtree(name: GeneralName, base: GeneralName, whenUnreadable = false): boolean {
  if (name.form === 'directory' && base.form === 'directory') return isWithin(name.name, base.name)
  if (name.form === 'ip' && base.form === 'ip') {
    return isInNetwork(name.bytes, base.bytes, whenUnreadable)
  }
  if (name.form === 'dns' && base.form === 'dns') return isInDomain(name.value, base.value)
  if (name.form === 'email' && base.form === 'email') {
    return isInMailSubtree(name.value, base.value, whenUnreadable)
  }
  if (name.form === 'uri' && base.form === 'uri') {
    const host = hostOf(name.value)
    return host === undefined ? whenUnreadable : isHostInSubtree(host, base.value)
  }
  return whenUnreadable
}

/** A DNS name with any number of labels added on the left (§4.2.1.10). */
function isInDomain(name: string, base: string): boolean {
  const [host, domain] = [name.toLowerCase().replace(/\.$/, ''), base.toLowerCase()]
  if (domain === '') return true
  if (domain.startsWith('.')) return host.endsWith(domain)
  return host === domain || host.endsWith(`.${domain}`)
}

/** For URI and e-mail hosts: a leading period means every subdomain, none means this host only. */
function isHostInSubtree(host: string, base: string): boolean {
  const domain = base.toLowerCase()
  if (domain === '') return true
  return domain.startsWith('.') ? host.endsWith(domain) : host === domain
}

function isInMailSubtree(address: string, base: string, whenUnreadable: boolean): boolean {
  const at = address.lastIndexOf('@')
  if (at < 1 || at === address.length - 1) return whenUnreadable
  const [local, host] = [address.slice(0, at), address.slice(at + 1).toLowerCase()]
  const baseAt = base.lastIndexOf('@')
  if (baseAt < 0) return isHostInSubtree(host, base)
  // §7.5: the part before @ is compared as it stands, the host without regard to case.
  return local === base.slice(0, baseAt) && host === base.slice(baseAt + 1).toLowerCase()
}

/** The host of a URI with an authority; undefined without one or for an IP address (§4.2.1.10). */
function hostOf(uri: string): string | undefined {
  const match = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:@[\]]+)(?::\d*)?(?:[/?#]|$)/i.exec(uri)
  const host = match?.[1]?.toLowerCase().replace(/\.$/, '')
  return host === undefined || host === '' || /^[\d.]+$/.test(host) ? undefined : host
}

function isInNetwork(address: Buffer, base: Buffer, whenUnreadable: boolean): boolean {
  const readable = address.length === 4 || address.length === 16
  if (!readable || (base.length !== 8 && base.length !== 32)) return whenUnreadable
  if (base.length !== address.length * 2) return false
  return address.every((octet, index) => {
    const mask = base[address.length + index] ?? 0
    return (octet & mask) === ((base[index] ?? 0) & mask)
  })
}
