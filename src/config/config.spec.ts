import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from './config.js'
import { readEnvironment } from './env.js'

let folder: string
let file: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-config-'))
  file = join(folder, 'bus.yaml')
})

afterAll(() => rm(folder, { recursive: true, force: true }))

async function load(text: string): Promise<unknown> {
  await writeFile(file, text)
  return loadConfig(readEnvironment({ SLUICE_CONFIG: file }), 2)
}

const timestampsText = (authorities: string): string =>
  `management: {}\nadapters: {}\nevidence: { timestamps: { authorities: [${authorities}] } }\n`

describe('a configuration that cannot be used is named by file and field', () => {
  it.each([
    ['unknown key', 'management: {}\nadapters: {}\nworker: 2\n', /bus\.yaml: .*worker/],
    ['unknown limit', 'management: {}\nadapters: {}\nlimits: { exchanges: 1 }', /exchanges/],
    ['broken YAML', 'management: {\n', /bus\.yaml: /],
    ['wrong type', 'management: { port: eighty }\nadapters: {}\n', /management\.port/],
    ['an alias', 'management: &m {}\nadapters: { rest: *m }\n', /aliases .* are not allowed/],
    [
      'limits that do not go together',
      'management: {}\nadapters: {}\nlimits: { replayWindowMs: 1000 }\n',
      /limits\.replayWindowMs must be at least twice limits\.freshnessMs/,
    ],
    [
      'an authority for timestamps without whom to trust',
      timestampsText('{ name: dövlət, url: "https://tsa.example/" }'),
      /evidence\.timestamps\.authorities\.0\.trustFile/,
    ],
    [
      'an authority for timestamps at no address',
      timestampsText('{ name: dövlət, url: "file:///etc/passwd", trustFile: a.pem }'),
      /evidence\.timestamps\.authorities\.0\.url/,
    ],
    [
      'two authorities for timestamps of one name',
      timestampsText(
        '{ name: a, url: "https://a.example/", trustFile: a.pem }, { name: a, url: "https://b.example/", trustFile: a.pem }',
      ),
      /evidence\.timestamps\.authorities: a name is there twice/,
    ],
  ])('%s', async (_title, text, words) => {
    await expect(load(text)).rejects.toThrow(words)
  })

  it('a missing file', () => {
    const environment = readEnvironment({ SLUICE_CONFIG: join(folder, 'none.yaml') })
    expect(() => loadConfig(environment, 2)).toThrow(/none\.yaml: cannot be read/)
  })
})

describe('authorities for timestamps', () => {
  it('are none by default, and stamps are had every minute', async () => {
    expect(await load('management: {}\nadapters: {}\n')).toMatchObject({
      timestamps: { everyMs: 60_000, authorities: [] },
    })
  })

  it('are named with their address, their trust and their policy', async () => {
    const wish = '{ name: Dövlət 1, url: "https://tsa.example/a", trustFile: a.pem, policy: 1.2.3 }'
    expect(await load(timestampsText(wish))).toMatchObject({
      timestamps: {
        authorities: [
          {
            ...{ name: 'Dövlət 1', url: 'https://tsa.example/a', policy: '1.2.3' },
            trustFile: join(process.cwd(), 'a.pem'),
          },
        ],
      },
    })
  })
})

describe('an environment variable that cannot be used is named', () => {
  it.each([
    ['SLUICE_PORT', '8080x', /^SLUICE_PORT must be a whole number from 0 to 65535$/],
    ['SLUICE_WORKERS', '0', /^SLUICE_WORKERS must be a whole number from 1 to 256$/],
    ['DATABASE_URL', 'mysql://root:geheim@host/db', /^DATABASE_URL must be a URL like postgres:/],
  ])('%s', (name, value, words) => {
    expect(() => readEnvironment({ [name]: value })).toThrow(words)
  })

  it('LOG_LEVEL', async () => {
    await writeFile(file, 'management: {}\nadapters: {}\n')
    const environment = readEnvironment({ SLUICE_CONFIG: file, LOG_LEVEL: 'loud' })
    expect(() => loadConfig(environment, 2)).toThrow(/^LOG_LEVEL must be debug, info/)
  })
})
