import { CaptureError, captureKind, readCapture } from '../capture.js'
import type { ExplainOptions } from '../options.js'
import { bareEnvelope, soapReplyCapture, soapRequestCapture } from './soap-capture.js'
import { SoapChecks } from './soap-checks.js'
import { unpack } from './unpack.js'

/**
 * The SOAP part of a captured message, or a bare envelope; undefined where the packaging is too broken to find it.
 * @throws CaptureError where the file is none of these
 */
export function envelopeIn(
  file: Buffer,
  options: Pick<ExplainOptions, 'scheme' | 'authorities' | 'replyOf'>,
): Uint8Array | undefined {
  const capture = captureIn(file, options)
  const { payload, start } = unpack(capture, options, new SoapChecks(capture.shape))
  return payload?.envelope ?? start
}

function captureIn(
  file: Buffer,
  options: Pick<ExplainOptions, 'scheme' | 'replyOf'>,
): ReturnType<typeof soapRequestCapture> {
  switch (captureKind(file)) {
    case 'envelope':
      return bareEnvelope(file, options)
    case 'reply':
      return soapReplyCapture(file, options)
    case 'message':
      throw new CaptureError('The file is JSON, and no SOAP message.')
    case 'request':
      return soapRequestCapture(readCapture(file, options.scheme))
  }
}
