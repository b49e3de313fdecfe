import { problems } from '../problem.js'

/** A problem as it is sent: RFC 9457 §3 with the title in both languages. */
export const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'titleAz', 'status'],
  additionalProperties: false,
  properties: {
    type: {
      type: 'string',
      enum: Object.keys(problems).map((code) => `urn:sluice:problem:${code}`),
    },
    title: { type: 'string', description: 'In English' },
    titleAz: { type: 'string', description: 'In Azerbaijani' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'In the language of Accept-Language' },
    instance: {
      type: 'string',
      format: 'uri',
      description: 'By which the operator finds it in the system log',
    },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        additionalProperties: false,
        properties: {
          pointer: {
            type: 'string',
            description: 'JSON Pointer into the body, or name of a parameter',
          },
          detail: { type: 'string' },
          obstacle: {
            type: 'string',
            description: 'What stands in the way of a registration, by its name',
          },
          side: { type: 'string', enum: ['participant', 'operator', 'both'] },
          remedy: { type: 'string', description: 'What that side does about it' },
        },
      },
    },
  },
}
