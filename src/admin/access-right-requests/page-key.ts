import { z } from 'zod'
import { Problem } from '../problem.js'

/** @throws Problem INVALID for what is no key of a list of requests */
export function pageKey(after: string | undefined): string | undefined {
  if (after === undefined || z.uuid().safeParse(after).success) return after
  throw new Problem('INVALID')
}
