interface Route {
  readonly pattern: RegExp
  readonly methods: readonly string[]
}

/** Which methods each address of the API has, so that a wrong one is told from a wrong address (RFC 9110 §15.5.6). */
export class AllowedMethods {
  #read: () => Readonly<Record<string, object>> = () => ({})
  #routes: readonly Route[] | undefined

  /** @param read - gives the API's description: path templates, and their operations by method; asked once, when needed */
  set(read: () => Readonly<Record<string, object>>): void {
    this.#read = read
    this.#routes = undefined
  }

  /** Of an address, in alphabetical order; none where nothing is. @param target - of the request */
  of(target: string): string[] {
    const [path = ''] = target.split('?', 1)
    this.#routes ??= Object.entries(this.#read()).map(routeOf)
    const found = this.#routes.filter(({ pattern }) => pattern.test(path))
    return [...new Set(found.flatMap(({ methods }) => methods))].sort()
  }
}

function routeOf([template, operations]: readonly [string, object]): Route {
  const pattern = template
    .split(/\{[^}]*\}/)
    .map(escaped)
    .join('[^/]+')
  return {
    pattern: new RegExp(`^${pattern}/?$`, 'i'),
    methods: Object.keys(operations).map((method) => method.toUpperCase()),
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
