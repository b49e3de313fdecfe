import { createHmac, createPublicKey } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { keyTypeOf, verifyByScheme } from '../http-signature/algorithms.js'
import { schemeOf } from './algorithms.js'
import { readDetachedJws, signingInput } from './detached-jws.js'

const examples = [
  {
    where: 'RFC 7515 appendix A.3',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    },
    header: 'eyJhbGciOiJFUzI1NiJ9',
    payload:
      'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ',
    value: 'DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q',
  },
  {
    where: 'RFC 8037 appendix A.4',
    key: { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
    header: 'eyJhbGciOiJFZERTQSJ9',
    payload: 'RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc',
    value: 'hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg',
  },
]

describe('examples of the standards', () => {
  it.each(examples)('$where', ({ key, header, payload, value }) => {
    const jws = readDetachedJws(`${header}..${value}`)
    const { alg } = JSON.parse(jws.headerBytes.toString()) as { alg: string }
    const publicKey = createPublicKey({ key, format: 'jwk' })
    const scheme = schemeOf(alg)!
    expect(keyTypeOf(publicKey)).toBe(scheme.keyType)
    const verifies = (text: string): boolean =>
      verifyByScheme(scheme, publicKey, signingInput(jws.header, Buffer.from(text)), jws.value)
    expect(verifies(payload)).toBe(true)
    expect(verifies(`${payload}A`)).toBe(false)
  })

  it('RFC 7797 §4.2: what is signed where the payload is not encoded', () => {
    const header = 'eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19'
    const key = Buffer.from(
      'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
      'base64url',
    )
    const jws = readDetachedJws(`${header}..A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY`)
    expect(jws.headerBytes.toString()).toBe('{"alg":"HS256","b64":false,"crit":["b64"]}')
    const input = signingInput(jws.header, Buffer.from('$.02'))
    expect(createHmac('sha256', key).update(input).digest()).toEqual(jws.value)
    // The bus has no such algorithm all the same.
    expect(schemeOf('HS256')).toBeUndefined()
  })
})
