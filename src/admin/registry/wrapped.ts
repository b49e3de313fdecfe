import { Problem } from '../problem.js'

/** Fields of one entry, in the place that a declaration has for it. */
export interface Wrapped {
  readonly document: object
  /** JSON Pointer of the fields in the document. */
  readonly prefix: string
}

type Fields = Readonly<Record<string, unknown>>

/** @param id - `AZ/GOV/DIN` */
export function memberDocument(id: string, fields: Fields): Wrapped {
  const [instance, memberClass, code] = id.split('/')
  return {
    document: { instance, members: [{ class: memberClass, code, ...fields }] },
    prefix: '/members/0',
  }
}

/** @param id - `AZ/GOV/DIN/GCQ` */
export function subsystemDocument(id: string, fields: Fields): Wrapped {
  const [instance, memberClass, member, code] = id.split('/')
  const { document, prefix } = memberDocument([instance, memberClass, member].join('/'), {
    subsystems: [{ code, ...fields }],
  })
  return { document, prefix: `${prefix}/subsystems/0` }
}

/** @param id - `AZ/GOV/DIN/GCQ/finAxtaris/v1` */
export function serviceDocument(id: string, fields: Fields): Wrapped {
  const parts = id.split('/')
  const { document, prefix } = subsystemDocument(parts.slice(0, 4).join('/'), {
    services: [{ code: parts[4], version: parts[5], ...fields }],
  })
  return { document, prefix: `${prefix}/services/0` }
}

export function accessRightDocument(instance: string, fields: Fields): Wrapped {
  return { document: { instance, accessRights: [fields] }, prefix: '/accessRights/0' }
}

/** What is wrong, told in the places of the request, which was only a part of the document. */
export async function inPlaceOf<Result>(prefix: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    throw withoutPrefix(error, prefix)
  }
}

function withoutPrefix(problem: Problem, prefix: string): Problem {
  if (problem.errors.length === 0) return problem
  return new Problem(problem.code, {
    detail: problem.detail,
    errors: problem.errors.map(({ pointer, detail }) => ({
      pointer: pointer.startsWith(prefix) ? pointer.slice(prefix.length) : pointer,
      detail,
    })),
  })
}
