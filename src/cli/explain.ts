import { readInput } from './command-files.js'
import { UsageError, type FileCommandIo } from './command-io.js'
import { captureKind, CaptureError, readCapture } from './explain/capture.js'
import { explainUsage, readExplainOptions, type ExplainOptions } from './explain/options.js'
import { jsonOf, textOf, verdictOf, type Explanation, type Verdict } from './explain/report.js'
import { explainMq } from './explain/mq/explain-mq.js'
import { explainRest } from './explain/rest/explain-rest.js'
import { explainSoap } from './explain/soap/explain-soap.js'
import {
  bareEnvelope,
  isSoapRequest,
  soapReplyCapture,
  soapRequestCapture,
} from './explain/soap/soap-capture.js'

const exitCodes: Readonly<Record<Verdict, number>> = { accepted: 0, refused: 1, incomplete: 3 }

/**
 * `sluice explain`: takes a captured message through the bus's own checks and tells what each found.
 * @returns exit code: 0 accepted, 1 refused, 2 wrong usage or a file that cannot be read, 3 not every
 *   check could be made
 */
export async function explain(args: readonly string[], io: FileCommandIo): Promise<number> {
  try {
    const options = readExplainOptions(args)
    if (options === 'help') {
      io.out(explainUsage)
      return 0
    }
    const explanation = await explanationOf(options, io)
    if (options.json) io.out(JSON.stringify(jsonOf(explanation), undefined, 2))
    else for (const line of textOf(explanation)) io.out(line)
    return exitCodes[verdictOf(explanation)]
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.err(error.message)
    return 2
  }
}

async function explanationOf(options: ExplainOptions, io: FileCommandIo): Promise<Explanation> {
  const { file, scheme } = options
  const bytes = await readInput(file, io)
  try {
    switch (captureKind(bytes)) {
      case 'reply':
        return await explainSoap(soapReplyCapture(bytes, options), options, io)
      case 'envelope':
        return await explainSoap(bareEnvelope(bytes, options), options, io)
      case 'message':
        return await explainMq(bytes, options, io)
      case 'request': {
        const capture = readCapture(bytes, scheme)
        return isSoapRequest(capture)
          ? await explainSoap(soapRequestCapture(capture), options, io)
          : await explainRest(capture, options, io)
      }
    }
  } catch (error) {
    if (error instanceof CaptureError) throw new UsageError(`${file}: ${error.message}`)
    throw error
  }
}
