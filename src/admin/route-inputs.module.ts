import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js'
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js'
import type { z } from 'zod'
import { inputSchemaOf } from './openapi/json-schema.js'

/** What a handler takes of a request. */
export interface RouteInputs {
  readonly takesBody: boolean
  readonly query: ReadonlySet<string>
}

interface Argument {
  readonly data?: unknown
  readonly schema?: z.ZodType
}

const queryArgument: number = RouteParamtypes.QUERY
const bodyArgument: number = RouteParamtypes.BODY

const kept = new WeakMap<object, RouteInputs>()

/** Read from what Nest's own parameter decorators leave behind, once for each handler. */
export function routeInputsOf(controller: object, handler: { readonly name: string }): RouteInputs {
  const known = kept.get(handler)
  if (known) return known
  const found = argumentsOf(controller, handler.name)
  const query = found.filter(({ type }) => type === queryArgument).flatMap(namesOf)
  const inputs = {
    takesBody: found.some(({ type }) => type === bodyArgument),
    query: new Set(query),
  }
  kept.set(handler, inputs)
  return inputs
}

function argumentsOf(controller: object, method: string): (Argument & { type: number })[] {
  const found = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) as
    Readonly<Record<string, Argument>> | undefined
  return Object.entries(found ?? {}).map(([key, argument]) => ({ ...argument, type: typeOf(key) }))
}

/** Keys of Nest's own are `type:index`; those of other decorators begin with random letters and digits. */
function typeOf(key: string): number {
  return /^\d+:\d+$/.test(key) ? Number.parseInt(key, 10) : Number.NaN
}

function namesOf({ data, schema }: Argument): string[] {
  if (typeof data === 'string') return [data]
  if (!schema) throw new Error('a query has a schema')
  return Object.keys(inputSchemaOf(schema).properties ?? {})
}
