import { describe, expect, it } from '@jest/globals'
import { soap11 } from '../../../test/support/wss.js'
import type { SoapAttachment, SoapReplyContent } from '../../exchange/soap-content.js'
import { readXml } from '../../xml/read-xml.js'
import { checkSignable } from './signable.js'

const xop = 'http://www.w3.org/2004/08/xop/include'
const include = `<d><i:Include xmlns:i="${xop}" href="cid:a@b"/></d>`

function attachment(type: string, content: string): SoapAttachment {
  return { contentId: 'a@b', rawHeaders: ['Content-Type', type], content: Buffer.from(content) }
}

function answer(body: string, isXop: boolean, ...attachments: SoapAttachment[]): SoapReplyContent {
  const envelope = Buffer.from(
    `<S:Envelope xmlns:S="${soap11}"><S:Body>${body}</S:Body></S:Envelope>`,
  )
  return {
    ...{ format: 'soap', status: 200, rawHeaders: [], payload: envelope, envelope },
    ...{ document: readXml(envelope), attachments, isXop },
    head: () => Buffer.alloc(0),
    withEnvelope: (other) => other,
  }
}

describe('an answer that the bus has to sign', () => {
  it.each(['text/xml', 'application/xml; charset=utf-8', 'image/svg+xml'])(
    'is refused for XML that is none, of type %s',
    (type) => {
      for (const content of ['<a', '<!DOCTYPE a><a/>', 'kein XML']) {
        expect(() => checkSignable(answer('<a/>', false, attachment(type, content)))).toThrow(
          expect.objectContaining({ code: 'RESPONSE_INVALID', field: 'attachment 1' }),
        )
      }
      expect(() => checkSignable(answer('<a/>', false, attachment(type, '<a/>')))).not.toThrow()
    },
  )

  it('may have anything in what is no XML to its type', () => {
    const content = answer('<a/>', false, attachment('application/octet-stream', '<a'))
    expect(() => checkSignable(content)).not.toThrow()
  })

  it('may have anything in what MTOM moved out of its Body, which is signed as base64', () => {
    const moved = attachment('text/xml', '<a')
    expect(() => checkSignable(answer(include, true, moved))).not.toThrow()
    expect(() => checkSignable(answer(include, false, moved))).toThrow()
    expect(() => checkSignable(answer(`${include}${include}`, true, moved))).toThrow()
  })
})
