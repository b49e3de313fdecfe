import { problems } from '../problem.js'

/** A problem as it is sent: RFC 9457 §3 with the title in both languages. */
export const problemSchema = {
  type: 'object' as const,
  required: ['type', 'title', 'titleAz', 'status'],
  additionalProperties: false,
  properties: {
    type: {
      type: 'string' as const,
      enum: Object.keys(problems).map((code) => `urn:sluice:problem:${code}`),
    },
    title: { type: 'string' as const, description: 'In English' },
    titleAz: { type: 'string' as const, description: 'In Azerbaijani' },
    status: { type: 'integer' as const },
    detail: { type: 'string' as const, description: 'In the language of Accept-Language' },
    instance: {
      type: 'string' as const,
      format: 'uri',
      description: 'By which the operator finds it in the system log',
    },
    errors: {
      type: 'array' as const,
      items: {
        type: 'object' as const,
        required: ['pointer', 'detail'],
        additionalProperties: false,
        properties: {
          pointer: {
            type: 'string' as const,
            description: 'JSON Pointer into the body, or name of a parameter',
          },
          detail: { type: 'string' as const },
        },
      },
    },
  },
}
