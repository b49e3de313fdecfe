import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  randomNonce,
  randomPKCECodeVerifier,
  type Configuration,
} from 'openid-client'
import type { Secret } from '../../config/secrets.js'
import type { AdminDatabase } from '../admin-database.store.js'
import { oidcLoginMsMax, oidcRequestMsMax } from '../administrators/limits.js'
import { seal, unseal } from '../administrators/sealed.js'
import { Problem } from '../problem.js'
import type { OpenIdSubject } from './logins.js'
import { takeOidcLogin } from './oidc-login.store.js'
import { newToken, tokenHash } from './session-token.js'

/** The OpenID provider that administrators may log in at, and who the bus is there. */
export interface OpenIdConfig {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: Secret<string>
  /** Where it sends the browser back: the route `/v1/sessions/oidc/callback`, as browsers reach it. */
  readonly redirectUrl: string
}

export interface OpenIdProviderParts {
  readonly config: OpenIdConfig
  readonly database: AdminDatabase
  /** What a browser keeps of a login that was begun is sealed by it. */
  readonly key: Buffer
  readonly clock: () => Date
  /** Tells the engineer why a login failed; the browser is told that it did. */
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
}

/** Where a browser is sent, and what it keeps until it comes back. */
export interface BegunOpenIdLogin {
  readonly url: string
  readonly browserSecret: string
}

/** What the browser keeps, sealed: whoever begins logins and leaves takes no room here. */
interface KeptLogin {
  readonly state: string
  readonly nonce: string
  /** Of PKCE. */
  readonly verifier: string
  /** Milliseconds since 1970. */
  readonly endsAt: number
}

const purpose = 'openid login'
const msPerSecond = 1_000

/**
 * Logins at an OpenID provider (OpenID Connect Core 1.0 §3.1): code flow with PKCE (RFC 7636), state and nonce. A login
 * comes back once, to the browser that began it, so that nobody can be logged in as somebody else (RFC 9700 §4.7).
 */
export class OpenIdProvider {
  readonly #parts: OpenIdProviderParts
  #configuration: Promise<Configuration> | undefined

  constructor(parts: OpenIdProviderParts) {
    this.#parts = parts
  }

  /** @throws Problem UNAVAILABLE where the provider is */
  async begin(): Promise<BegunOpenIdLogin> {
    const { config, key, clock } = this.#parts
    const configuration = await this.#discover()
    const [state, nonce, verifier] = [newToken(), randomNonce(), randomPKCECodeVerifier()]
    const endsAt = clock().getTime() + oidcLoginMsMax
    const kept: KeptLogin = { state, nonce, verifier, endsAt }
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: config.redirectUrl,
      ...{ scope: 'openid', response_type: 'code', state, nonce },
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    const browserSecret = seal(key, purpose, Buffer.from(JSON.stringify(kept)))
    return { url: url.href, browserSecret: browserSecret.toString('base64url') }
  }

  /**
   * @param query - of the request by which the browser came back
   * @param browserSecret - what it kept
   * @returns who the provider says it is
   * @throws Problem LOGIN_FAILED, whatever is wrong; UNAVAILABLE where the provider is
   */
  async finish(query: string, browserSecret: string | undefined): Promise<OpenIdSubject> {
    const login = await this.#take(new URLSearchParams(query).getAll('state'), browserSecret)
    const configuration = await this.#discover()
    const back = new URL(this.#parts.config.redirectUrl)
    back.search = query
    try {
      const tokens = await authorizationCodeGrant(configuration, back, {
        expectedState: login.state,
        expectedNonce: login.nonce,
        pkceCodeVerifier: login.verifier,
        idTokenExpected: true,
      })
      const claims = tokens.claims()
      if (!claims) throw new Error('the provider gave no ID token')
      return { issuer: claims.iss, subject: claims.sub }
    } catch (error) {
      throw this.#failed(error)
    }
  }

  async #take(states: readonly string[], browserSecret: string | undefined): Promise<KeptLogin> {
    const { database, clock } = this.#parts
    const login = this.#unsealed(browserSecret)
    const now = clock()
    const stateHash = tokenHash(login?.state ?? '')
    const isOwn = login && stateHash && states.length === 1 && states[0] === login.state
    if (!isOwn || login.endsAt <= now.getTime()) {
      throw this.#failed(new Error('no login of this browser was begun with this state'))
    }
    if (!(await takeOidcLogin(database.pool, stateHash, new Date(login.endsAt), now))) {
      throw this.#failed(new Error('the login has come back already'))
    }
    return login
  }

  /** @returns undefined for what this bus did not seal */
  #unsealed(browserSecret: string | undefined): KeptLogin | undefined {
    if (browserSecret === undefined) return undefined
    try {
      const opened = unseal(this.#parts.key, purpose, Buffer.from(browserSecret, 'base64url'))
      return JSON.parse(opened.toString('utf8')) as KeptLogin
    } catch {
      return undefined
    }
  }

  #failed(error: unknown): Problem {
    this.#parts.warn('a login at the OpenID provider failed', {
      why: error instanceof Error ? error.message : String(error),
    })
    return new Problem('LOGIN_FAILED', { cause: error })
  }

  /** What the provider says of itself, asked once; again where it did not answer. */
  async #discover(): Promise<Configuration> {
    const asked = (this.#configuration ??= discover(this.#parts.config))
    try {
      return await asked
    } catch (error) {
      this.#configuration = undefined
      const why = error instanceof Error ? error.message : String(error)
      this.#parts.warn('the OpenID provider does not answer', { why })
      throw new Problem('UNAVAILABLE', { cause: error })
    }
  }
}

function discover({ issuer, clientId, clientSecret }: OpenIdConfig): Promise<Configuration> {
  const server = new URL(issuer)
  // The signature of the ID token is checked besides, wherever it comes from.
  const execute = [enableNonRepudiationChecks]
  // The configuration takes such an issuer on this machine only.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- called so that it stands out
  if (server.protocol === 'http:') execute.push(allowInsecureRequests)
  const timeout = oidcRequestMsMax / msPerSecond
  return discovery(server, clientId, clientSecret.reveal(), undefined, { execute, timeout })
}
