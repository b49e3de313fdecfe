import { afterEach, describe, expect, it } from '@jest/globals'
import { RestAdapters } from '../../test/support/rest-adapter.js'
import { busStub, echo, sendBytes, toolsStub } from '../../test/support/rest-lane.js'
import { Fault } from '../../src/exchange/fault.js'
import type { Catalogue } from '../../src/exchange/metaservice.js'

const rest = new RestAdapters()

afterEach(() => rest.closeAll())

async function listen(description: Catalogue['description']) {
  const tools = toolsStub()
  const catalogue = { ...tools.catalogue, description }
  const { port } = await rest.listen(busStub(echo), {}, { ...tools, catalogue })
  const ask = async (host: string): Promise<string> => {
    const head = `GET /openapi/AZ/GOV/DIN/GCQ/fin/v1 HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`
    return (await sendBytes(port, head)).text
  }
  return { ask, tools }
}

describe('GET /openapi/', () => {
  it('is refused where the contract cannot be used, and the process goes on', async () => {
    const { ask, tools } = await listen(() => {
      throw new Fault('INTERNAL_ERROR', { detail: 'The contract of the service cannot be used.' })
    })
    expect(await ask('bus')).toMatch(/^HTTP\/1\.1 503 /)
    expect(await ask('bus')).toMatch(/^HTTP\/1\.1 503 /)
    expect(tools.warnings.join()).toContain('description could not be given')
  })

  it('that would have to be made first is not, and fills no log', async () => {
    const { ask, tools } = await listen((_code, _version, _face, _server, asker) => {
      if (asker === 'anybody') throw new Fault('THROTTLED')
      return Buffer.from('{}')
    })
    expect(await ask('bus')).toMatch(/^HTTP\/1\.1 503 [^]*\r\nRetry-After: \d+\r\n/)
    expect(tools.warnings).toEqual([])
  })

  it('asks for one address however it is written', async () => {
    const servers: string[] = []
    const { ask } = await listen((_code, _version, _face, server) => {
      servers.push(server)
      return Buffer.from('{}')
    })
    for (const host of ['bus.gov.az', 'BUS.gov.az', 'bus.gov.AZ:80', 'bus.gov.az:80']) {
      expect(await ask(host)).toMatch(/^HTTP\/1\.1 200 /)
    }
    expect(new Set(servers)).toEqual(new Set(['http://bus.gov.az']))
  })
})
