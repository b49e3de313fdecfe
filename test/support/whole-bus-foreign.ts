import { httpbis, type SigningKey } from 'http-message-signatures'
import { withoutSignature, type SignedCall } from './whole-bus-consumer.js'

/** Components that the bus asks for and this request has. */
export function foreignFields({ headers }: SignedCall): string[] {
  const names = Object.keys(headers).map((name) => name.toLowerCase())
  return [
    '@method',
    '@target-uri',
    ...names.filter((name) => /^(x-road-|sluice-|content-(type|digest)$)/.test(name)),
  ]
}

/** Signs a call anew by other people's library, in place of our own signature. */
export async function signedByOthers(
  call: SignedCall,
  key: SigningKey,
  options: { readonly params?: string[]; readonly fields?: string[] } = {},
): Promise<SignedCall> {
  const { method, url, headers } = withoutSignature(call)
  const { params = ['created', 'keyid', 'alg'], fields = foreignFields(call) } = options
  const signed = await httpbis.signMessage(
    { key, name: 'sig-b21', params, fields },
    { method, url, headers },
  )
  return { ...call, headers: signed.headers, label: 'sig-b21' }
}
