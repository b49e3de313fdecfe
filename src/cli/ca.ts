import { hasInstance } from '../ca/registry-transaction.store.js'
import { CaError } from '../ca/ca-error.js'
import { requestForCa } from '../ca/ca-request.js'
import { IssuingCa } from '../ca/issuing-ca.store.js'
import { openCaKey } from '../ca/open-ca-key.js'
import { keyDigestOf } from '../ca/key-digest.js'
import type { Config } from '../config/config.js'
import { pemOf } from '../registry/declaration/certificate-file.js'
import { parseRevocationList } from '../trust/x509/crl.js'
import { authorOf, type Author } from './author.js'
import { readCertificate } from './command-files.js'
import type { FileCommandIo } from './command-io.js'
import { parsedOptions, withUsage, wrongUse } from './command-usage.js'
import type { OpenCaPool } from './open-ca.js'

const usage = `Usage: sluice ca init [--reason TEXT] [--actor NAME]
       sluice ca show
       sluice ca crl
       sluice ca request
       sluice ca install FILE [--reason TEXT] [--actor NAME]

init     Makes the CA's key where there is none, and a certificate that the CA signs itself.
show     Writes the CA's certificate in PEM, and what it says.
crl      Writes the revocation list in PEM, made anew where something has changed.
request  Writes a PKCS #10 request for the CA's key, for a root elsewhere to sign.
install  Takes the certificate that such a root has signed; the root itself is registered as an authority first.

Where the key is, in a file or in a PKCS #11 token, is in the configuration (ca). init and install are acts in the
audit log.

Exit code: 0 done, 1 refused or failed, 2 wrong use.`

export interface CaSurroundings {
  readonly config: () => Promise<Config>
  readonly openPool: OpenCaPool
}

const acts = ['init', 'show', 'crl', 'request', 'install'] as const
type CaAct = (typeof acts)[number]

/**
 * `sluice ca …`.
 * @param args - what follows `ca`
 * @returns exit code: 0 done, 1 refused or failed, 2 wrong use
 */
export function caCommand(
  args: readonly string[],
  io: FileCommandIo,
  surroundings: CaSurroundings,
): Promise<number> {
  return withUsage(io, usage, async () => {
    const text = { type: 'string' } as const
    const help = { type: 'boolean', short: 'h', default: false } as const
    const options = { reason: text, actor: text, help }
    const { values, positionals } = parsedOptions(args, { options, allowPositionals: true }, usage)
    if (values.help) return 'help'
    const [word, ...files] = positionals
    const act = acts.find((each) => each === word)
    if (!act) throw wrongUse(`Say ${acts.join(', ')}.`, usage)
    if (files.length !== (act === 'install' ? 1 : 0))
      throw wrongUse('Wrong number of files.', usage)
    return carryOut({ act, file: files[0] ?? '', author: authorOf(values) }, io, surroundings)
  })
}

interface CaRequest {
  readonly act: CaAct
  readonly file: string
  readonly author: Author
}

async function carryOut(
  request: CaRequest,
  io: FileCommandIo,
  { config, openPool }: CaSurroundings,
): Promise<number> {
  const { ca: settings } = await config()
  if (!settings) throw wrongUse('The configuration has no ca.', usage)
  try {
    const key = await openCaKey(settings)
    if (request.act === 'request') {
      io.out((await requestForCa(settings, key)).trimEnd())
      return 0
    }
    const changes = request.act === 'init' || request.act === 'install'
    const { pool, close } = await openPool(changes ? 'change' : 'read')
    try {
      const ca = new IssuingCa({ config: settings, key, pool })
      if (changes && !(await hasInstance(pool))) {
        io.err('The registry is still empty: apply a declaration first.')
        return 1
      }
      return await workWith(ca, request, io)
    } finally {
      await close()
    }
  } catch (error) {
    if (!(error instanceof CaError)) throw error
    io.err(error.message)
    return 1
  }
}

async function workWith(
  ca: IssuingCa,
  { act, file, author }: CaRequest,
  io: FileCommandIo,
): Promise<number> {
  switch (act) {
    case 'init':
      io.out(
        (await ca.init(author)) ? 'The CA has its certificate now.' : 'The CA has one already.',
      )
      return 0
    case 'install':
      return install(ca, file, author, io)
    case 'crl':
      return writeList(ca, io)
    case 'request':
    case 'show':
      return show(ca, io)
  }
}

async function install(
  ca: IssuingCa,
  file: string,
  author: Author,
  io: FileCommandIo,
): Promise<number> {
  const { certificate, publicKey } = await readCertificate(file, io)
  if (keyDigestOf(publicKey) !== keyDigestOf(ca.key.publicKey)) {
    io.err(`${file}: is the certificate of another key`)
    return 1
  }
  if (certificate.basicConstraints?.isCa !== true) {
    io.err(`${file}: is not the certificate of an authority`)
    return 1
  }
  await ca.install(certificate.der, certificate.isSelfIssued ? 'anchor' : 'intermediate', author)
  io.out(`The CA has its certificate now: ${certificate.subject.text}`)
  return 0
}

async function show(ca: IssuingCa, io: FileCommandIo): Promise<number> {
  const { der, name, thumbprint, notAfter } = await ca.authority()
  io.out(pemOf(der).trimEnd())
  io.out(`Name        ${name}`)
  io.out(`Thumbprint  ${thumbprint}`)
  io.out(`Holds until ${notAfter.toISOString()}`)
  return 0
}

async function writeList(ca: IssuingCa, io: FileCommandIo): Promise<number> {
  const { der, number, nextUpdate } = await ca.list()
  const base64 = der.toString('base64').match(/.{1,64}/g) ?? []
  io.out(`-----BEGIN X509 CRL-----\n${base64.join('\n')}\n-----END X509 CRL-----`)
  const { entryCount } = parseRevocationList(der)
  io.err(`Number ${number}, ${entryCount} entries, next before ${nextUpdate.toISOString()}`)
  return 0
}
