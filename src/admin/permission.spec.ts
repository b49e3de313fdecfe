import { Controller, Get, Module, Param } from '@nestjs/common'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import {
  openTestAdminApi,
  type TestAdminApi,
  type TestCaller,
} from '../../test/support/admin-api.js'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { Answers, ApiProblems } from './answers.decorator.js'
import { CallerOf } from './caller-of.decorator.js'
import type { Caller } from './caller.js'
import { Everyone, Permit, Public } from './permission.js'
import { Problem } from './problem.js'

const anything = z.looseObject({})

@Controller('sample')
class SampleController {
  @Get('unsaid')
  @Public()
  unsaid(): object {
    return { ok: true }
  }

  @Get('public')
  @Public()
  @Answers(anything)
  open(): object {
    return { ok: true }
  }

  @Get('everyone')
  @Everyone()
  @Answers(anything)
  everyone(@CallerOf() caller: Caller): object {
    return { actor: caller.actor(), members: caller.members, domains: caller.domains }
  }

  @Get('operators')
  @Permit('OPERATOR', 'AGENCY')
  @Answers(anything)
  operators(): object {
    return { ok: true }
  }

  @Get('domains/:code')
  @Permit('OPERATOR', { role: 'FOUNDER_ADMIN', domain: 'code' })
  @Answers(anything)
  domain(@Param('code') code: string): object {
    return { code }
  }

  @Get('members/:id')
  @Permit({ role: 'MEMBER_ADMIN', member: 'id' })
  @Answers(anything)
  member(@Param('id') id: string): object {
    return { id }
  }

  @Get('undeclared')
  @Answers(anything)
  undeclared(): object {
    return { ok: true }
  }

  @Get('broken')
  @Public()
  @Answers(anything)
  broken(): object {
    throw new Error('secret of the house')
  }

  @Get('refused')
  @ApiProblems('CONFLICT')
  @Public()
  @Answers(anything)
  refused(): object {
    throw new Problem('CONFLICT', {
      detail: { az: 'Artıq var', en: 'Exists already' },
      errors: [{ pointer: '/code', detail: 'taken' }],
    })
  }
}

@Module({ controllers: [SampleController] })
class SampleModule {}

let database: TestDatabase
let api: TestAdminApi

beforeAll(async () => {
  database = await startTestDatabase()
  api = await openTestAdminApi(database, {
    areas: [{ module: SampleModule }],
    undeclared: 'refuse',
  })
})

afterAll(async () => {
  await api.close()
  await database.stop()
})

const din = { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/DIN' } as const
const portal = { role: 'FOUNDER_ADMIN', scope: 'PORTAL' } as const
const past = { from: new Date(0), until: new Date(1) }
const future = { from: new Date(Date.now() + 3_600_000) }

describe('the permission of a route', () => {
  it.each<[string, TestCaller, number]>([
    ['public', undefined, 200],
    ['everyone', undefined, 401],
    ['everyone', 'nobody', 200],
    ['operators', undefined, 401],
    ['operators', 'nobody', 403],
    ['operators', 'SECURITY', 403],
    ['operators', 'AGENCY', 200],
    ['operators', ['SECURITY', 'OPERATOR'], 200],
    ['operators', { role: 'OPERATOR', ...past }, 403],
    ['operators', { role: 'OPERATOR', ...future }, 403],
    ['domains/PORTAL', portal, 200],
    ['domains/PORTAL', { ...portal, ...past }, 403],
    ['domains/SENED', portal, 403],
    ['domains/SENED', 'OPERATOR', 200],
    ['members/AZ%2FGOV%2FDIN', din, 200],
    ['members/AZ%2FGOV%2FDIN%2FGCQ', din, 200],
    ['members/AZ%2FGOV%2FDIN%2FGCQ%2FfinAxtaris%2Fv1', din, 200],
    ['members/AZ%2FGOV%2FDINX', din, 403],
    ['members/AZ%2FGOV', din, 403],
    ['members/AZ%2FGOV%2FDIN', 'OPERATOR', 403],
    ['undeclared', 'OPERATOR', 403],
    ['nowhere', undefined, 404],
    ['members/%ZZ', din, 400],
  ])('lets through to %s: %j → %i', async (path, as, status) => {
    const answer = await api.call('GET', `/v1/sample/${path}`, { as })
    expect(answer.status).toBe(status)
  })

  it('tells a handler who calls, in what is in force', async () => {
    const { json } = await api.call('GET', '/v1/sample/everyone', {
      as: [din, portal, 'AGENCY', { role: 'OPERATOR', ...past }],
    })
    expect(json).toEqual({
      actor: {
        actor: expect.stringMatching(/^Test/),
        account: expect.any(String),
        role: 'AGENCY, FOUNDER_ADMIN, MEMBER_ADMIN',
      },
      members: ['AZ/GOV/DIN'],
      domains: ['PORTAL'],
    })
  })
})

describe('a route that declares too little', () => {
  it('is not served in tests without a permission', async () => {
    const areas = [{ module: SampleModule }]
    await expect(openTestAdminApi(database, { areas })).rejects.toThrow('sample.undeclared')
  })

  it('fails the test in which it answers what it does not declare', async () => {
    await expect(api.call('GET', '/v1/sample/unsaid')).rejects.toThrow('is not declared')
  })
})

describe('a problem', () => {
  it('is told in the caller’s language, with its places', async () => {
    const { headers, json } = await api.call('GET', '/v1/sample/refused', {
      headers: { 'accept-language': 'en' },
    })
    expect(headers['content-type']).toBe('application/problem+json')
    expect(json).toEqual({
      type: 'urn:sluice:problem:CONFLICT',
      title: 'The request does not fit the present state',
      titleAz: 'Sorğu qeydin hazırkı vəziyyətinə ziddir',
      status: 409,
      detail: 'Exists already',
      errors: [{ pointer: '/code', detail: 'taken' }],
    })
  })

  it('that nobody foresaw is mute outside, and complete inside under the same id', async () => {
    const { status, bytes, json } = await api.call('GET', '/v1/sample/broken')
    expect(status).toBe(500)
    expect(bytes.toString()).not.toContain('secret')
    expect(json).toMatchObject({ instance: expect.stringMatching(/^urn:uuid:/) })
    expect(api.errors).toEqual([expect.objectContaining({ message: 'secret of the house' })])
  })
})
