import { cmsIds } from '../../cms/cms-ids.js'
import { verifySignedData } from '../../cms/verify-signed-data.js'
import { reasonText } from '../../evidence/verify/reason-text.js'
import {
  StampTrouble,
  type ReadStamp,
  type StampReader,
} from '../../log-verifier/attestation-row.js'
import { checkImprint, verifyToken } from '../../timestamp/verify-token.js'
import { parseTimestampInfo } from '../../timestamp/timestamp-info.js'
import type { Certificate } from '../../trust/x509/certificate.js'

/**
 * Reads time-stamps. Without an anchor it is checked that a token is over these bytes and signed by the certificate
 * in it, and not who that is.
 */
export function stampReader(anchors: readonly Certificate[]): StampReader {
  return {
    read: (token, stamped) => {
      try {
        return anchors.length > 0 ? trusted(token, stamped, anchors) : signed(token, stamped)
      } catch (error) {
        if (!(error instanceof Error)) throw error
        throw new StampTrouble(reasonText(error), { cause: error })
      }
    },
  }
}

function trusted(token: Buffer, data: Buffer, anchors: readonly Certificate[]): ReadStamp {
  const { time, certificate } = verifyToken({ token, data, trust: { anchors } })
  return { at: time.getTime() * 1_000, by: certificate.subject.text, isTrusted: true }
}

function signed(token: Buffer, data: Buffer): ReadStamp {
  const { content, signer } = verifySignedData({
    signedData: token,
    contentType: cmsIds.timestampInfo,
    certificates: [],
  })
  const { imprint, time } = parseTimestampInfo(content)
  checkImprint(imprint, data)
  return { at: time.getTime() * 1_000, by: signer.subject.text, isTrusted: false }
}
