/** What time it is for the catalogue; another one in tests. */
export class CatalogueClock {
  readonly now: () => Date

  constructor(now: () => Date = () => new Date()) {
    this.now = now
  }
}
