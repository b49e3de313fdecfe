import { randomBytes, generateKeyPairSync } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { request } from 'undici'
import { Secret } from '../../src/config/secrets.js'
import type { OpenIdConfig } from '../../src/admin/sessions/openid-provider.js'

/** An OpenID provider of other people's making, with one client. */
export interface TestOpenIdProvider {
  readonly config: OpenIdConfig
  /**
   * Does what a browser and a person do at the provider.
   * @returns the address that the browser is sent back to
   */
  signIn(url: string, subject: string): Promise<string>
  stop(): Promise<void>
}

interface Provider {
  callback(): RequestListener
}
type MakeProvider = new (issuer: string, configuration: unknown) => Provider

// It has no types of its own.
const packageName: string = 'oidc-provider'

/** @param redirectUrl - where browsers are sent back to */
export async function startOpenIdProvider(redirectUrl: string): Promise<TestOpenIdProvider> {
  let answer: RequestListener = () => undefined
  const server = createServer((incoming, response) => answer(incoming, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const [clientId, clientSecret] = ['sluice', randomBytes(24).toString('base64url')]
  // It tells of all that is for tests here, and for tests alone.
  const { warn, info } = console
  Object.assign(console, { warn: () => undefined, info: () => undefined })
  const { Provider } = (await import(packageName)) as { Provider: MakeProvider }
  const provider = new Provider(issuer, {
    clients: [
      {
        ...{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUrl] },
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    cookies: { keys: [randomBytes(16).toString('hex')] },
    jwks: { keys: [signingKey()] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true } },
  })
  answer = provider.callback()
  return {
    config: { issuer, clientId, clientSecret: new Secret(clientSecret), redirectUrl },
    signIn: (url, subject) => signIn(url, subject, redirectUrl),
    stop: () =>
      new Promise((resolve) => {
        Object.assign(console, { warn, info })
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function signingKey(): object {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }
}

const redirectsMax = 12

async function signIn(start: string, subject: string, end: string): Promise<string> {
  const cookies = new Map<string, string>()
  let url = start
  let form: string | undefined
  for (let step = 0; step < redirectsMax; step++) {
    const answer = await request(url, {
      method: form === undefined ? 'GET' : 'POST',
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      body: form ?? null,
    })
    for (const cookie of [answer.headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      cookies.set(name, value)
    }
    const text = await answer.body.text()
    const to = answer.headers.location
    form = undefined
    if (typeof to === 'string') {
      url = new URL(to, url).href
      if (url.startsWith(end)) return url
    } else {
      const prompt = /name="prompt" value="(\w+)"/.exec(text)?.[1]
      if (prompt === undefined) throw new Error(`the provider shows no form: ${text.slice(0, 400)}`)
      form = new URLSearchParams({ prompt, login: subject, password: 'any' }).toString()
      url = new URL(/action="([^"]+)"/.exec(text)?.[1] ?? '', url).href
    }
  }
  throw new Error('the provider sends the browser round in circles')
}
