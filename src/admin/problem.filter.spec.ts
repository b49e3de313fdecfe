import { describe, expect, it } from '@jest/globals'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { ProblemFilter } from './problem.filter.js'

function answered(error: unknown): { readonly status: number; readonly warned: unknown[] } {
  const warned: unknown[] = []
  const request = new IncomingMessage(new Socket())
  const response = new ServerResponse(request)
  new ProblemFilter((each) => warned.push(each)).write(error, request, response)
  return { status: response.statusCode, warned }
}

describe('what the database ends because of others', () => {
  it.each(['40P01', '40001', '55P03'])(
    '%s is nothing that went wrong: it can be asked again',
    (code) => {
      const error = Object.assign(new Error('deadlock detected'), { code })
      expect(answered(error)).toEqual({ status: 503, warned: [] })
    },
  )

  it('any other error is told inside, and mute outside', () => {
    const error = Object.assign(new Error('no such column'), { code: '42703' })
    expect(answered(error)).toEqual({ status: 500, warned: [error] })
  })
})
