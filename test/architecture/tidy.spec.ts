import { describe, expect, it } from '@jest/globals'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript'

const root = process.cwd()
const files = ['src', 'adapters', 'demo', 'bench'].flatMap((folder) =>
  sourcesIn(join(root, folder)),
)

// A ratchet: the number may fall, never rise. Some functions want to be long; the gain lies in
// keeping the small ones small.
const functionsOver40LinesMax = 4

/** Where each stage of an exchange may be made: one place each, or the types order nothing. */
const stageMakers: Record<string, string> = {
  SignedRequest: 'src/trust/authenticate.ts',
  IdentifiedRequest: 'src/trust/authenticate.ts',
  AuthenticatedRequest: 'src/trust/authenticate.ts',
  AuthorisedRequest: 'src/registry/authorise.ts',
  ValidatedRequest: 'src/contract/validate.ts',
  LoggedRequest: 'src/message-log/message-log.store.ts',
  MediatedRequest: 'src/exchange/mediate.ts',
  AcceptedReply: 'src/trust/accept-reply.ts',
  MediatedReply: 'src/exchange/mediate.ts',
  LoggedReply: 'src/message-log/message-log.store.ts',
}

function sourcesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .map((name) => join(folder, name))
}

function read(file: string): string {
  return readFileSync(file, 'utf8')
}

function filesMatching(pattern: RegExp): string[] {
  return files.filter((file) => pattern.test(read(file))).map((file) => relative(root, file))
}

function functionsOver(linesMax: number): string[] {
  return files.flatMap((file) => {
    const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.ES2023, true)
    const long: string[] = []
    const visit = (node: ts.Node): void => {
      if (ts.isFunctionLike(node) && 'body' in node && node.body) {
        const first = source.getLineAndCharacterOfPosition(node.getStart()).line
        const last = source.getLineAndCharacterOfPosition(node.end).line
        if (last - first + 1 > linesMax) long.push(`${relative(root, file)}:${first + 1}`)
      }
      ts.forEachChild(node, visit)
    }
    visit(source)
    return long
  })
}

describe('the house', () => {
  it.each(Object.entries(stageMakers))('only its owner makes a %s', (stage, owner) => {
    const cast = new RegExp(
      `\\bas (unknown as )?${stage}\\b|<${stage}>\\(?\\{|\\bis ${stage}\\b`,
      'g',
    )
    const casts = files.flatMap((file) =>
      [...read(file).matchAll(cast)].map(() => relative(root, file)),
    )
    expect(casts).toEqual([owner])
  })

  it('keeps functions small (ratchet)', () => {
    const long = functionsOver(40)
    expect({ count: long.length <= functionsOver40LinesMax, long }).toEqual({ count: true, long })
  })

  it('reads the environment where a program starts, and nowhere else', () => {
    expect(filesMatching(/process\.env\b/).filter((file) => file.startsWith('src/'))).toEqual([
      'src/worker.ts',
      'src/cli/main.ts',
      'src/process/run-node.ts',
    ])
  })

  it('has no loose ends and one spelling', () => {
    expect(filesMatching(/\b(FIXME|XXX)\b|TODO(?!\(#\d+\))/)).toEqual([])
    expect(filesMatching(/authoriz(e|ed|ation)\b(?!['"$-])/)).toEqual([])
  })

  it('has no barrels', () => {
    expect(files.filter((file) => /[\\/]index\.ts$/.test(file))).toEqual([])
  })

  it('gives every adapter a README', () => {
    const folders = readdirSync(join(root, 'adapters'), { withFileTypes: true })
    const without = folders
      .filter((entry) => entry.isDirectory())
      .filter(({ name }) => !existsSync(join(root, 'adapters', name, 'README.md')))
    expect(without.map(({ name }) => name)).toEqual([])
  })
})
