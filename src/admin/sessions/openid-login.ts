import { oidcLoginMsMax } from '../administrators/limits.js'
import { Problem } from '../problem.js'
import type { OpenIdSubject } from './logins.js'
import type { OpenIdProvider } from './openid-provider.js'

const msPerSecond = 1_000

/** Logins at the OpenID provider as a browser takes part in them; there need not be a provider. */
export class OpenIdLogin {
  readonly #provider: OpenIdProvider | undefined
  readonly #cookieName: string
  readonly #attributes: string
  /** Takes away what the browser kept. */
  readonly forgottenCookie: string

  /** @param redirectUrl - where browsers come back to, which tells how they reach the API */
  constructor(provider: OpenIdProvider | undefined, redirectUrl: string | undefined) {
    this.#provider = provider
    const isSecure = redirectUrl?.startsWith('https:') ?? true
    // A name with this prefix is set by this very host alone, over TLS (RFC 6265bis §4.1.3.2).
    this.#cookieName = isSecure ? '__Host-sluice-login' : 'sluice-login'
    // Lax: the browser comes back by a link of another site.
    this.#attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
    this.forgottenCookie = `${this.#cookieName}=; Max-Age=0; ${this.#attributes}`
  }

  /** @throws Problem NOT_FOUND where there is no provider; UNAVAILABLE where it does not answer */
  async begin(): Promise<{ readonly url: string; readonly cookie: string }> {
    const { url, browserSecret } = await this.#there().begin()
    const seconds = oidcLoginMsMax / msPerSecond
    const cookie = `${this.#cookieName}=${browserSecret}; Max-Age=${seconds}; ${this.#attributes}`
    return { url, cookie }
  }

  /**
   * @param query - of the request by which the browser comes back
   * @param cookies - the field `Cookie`
   * @throws Problem NOT_FOUND where there is no provider; as the provider's
   */
  finish(query: string, cookies: string | undefined): Promise<OpenIdSubject> {
    return this.#there().finish(query, this.#secretIn(cookies))
  }

  #there(): OpenIdProvider {
    if (!this.#provider) throw new Problem('NOT_FOUND')
    return this.#provider
  }

  /** Two of one name are none: one of them might be somebody else's. */
  #secretIn(cookies = ''): string | undefined {
    const prefix = `${this.#cookieName}=`
    const found = cookies
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(prefix))
    return found.length === 1 ? found[0]?.slice(prefix.length) : undefined
  }
}
