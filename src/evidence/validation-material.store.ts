import type { ClientBase, Pool } from 'pg'

/** What certificates are judged with on a day: the authorities that were believed in and their lists. */
export interface ValidationMaterial {
  readonly authorities: readonly KeptAuthority[]
  /** DER of lists that were current then, newest first. */
  readonly revocationLists: readonly Buffer[]
  /** DER of OCSP answers that were current then, newest first. */
  readonly ocspAnswers: readonly Buffer[]
  /** DER of the certificates that the bus itself has had, and of their issuers. */
  readonly busCertificates: readonly Buffer[]
}

export interface KeptAuthority {
  readonly der: Buffer
  readonly role: 'anchor' | 'intermediate'
  /** Whether the bus asked for its revocation lists, or its OCSP answers. */
  readonly revocation: RevocationMethod
}

const revocationMethods = ['crl', 'ocsp', 'none'] as const
export type RevocationMethod = (typeof revocationMethods)[number]

interface Row {
  readonly der: Buffer
  readonly policy: string
}

/** Certificates, revocation lists and OCSP answers that were ever in use; nothing is ever taken out. */
export class ValidationMaterialStore {
  readonly #database: Pool | ClientBase

  constructor(database: Pool | ClientBase) {
    this.#database = database
  }

  /**
   * Keeps certificates of the bus. The role of the jobs may, workers may not.
   * @returns how many were new
   */
  async keepBusCertificates(ders: readonly Buffer[]): Promise<number> {
    const { rowCount } = await this.#database.query(
      `INSERT INTO sluice.validation_material (digest, kind, der)
       SELECT sha256(der), 'bus', der FROM unnest($1::bytea[]) AS der
       ON CONFLICT DO NOTHING`,
      [ders],
    )
    return rowCount ?? 0
  }

  /**
   * What there was at a moment. Authorities are those known by then; one whose certificate or policy was
   * changed since is there as it was, and as it is where that was before, too.
   * @param signers - thumbprints of the certificates whose answers are wanted, beside those about authorities
   */
  async at(moment: Date, signers: readonly string[] = []): Promise<ValidationMaterial> {
    const authorities = await this.#rows(
      `SELECT der, policy FROM sluice.validation_material
        WHERE kind = 'authority' AND first_seen <= $1 ORDER BY first_seen DESC`,
      moment,
    )
    const lists = await this.#rows(
      `SELECT der, policy FROM sluice.validation_material
        WHERE kind = 'revocation-list' AND this_update <= $1 AND next_update > $1
        ORDER BY this_update DESC`,
      moment,
    )
    const answers = await this.#answers(moment, signers)
    const bus = await this.#database.query<Row>(
      `SELECT der, policy FROM sluice.validation_material WHERE kind = 'bus' ORDER BY first_seen`,
    )
    return {
      authorities: authorities.map(authorityOf),
      revocationLists: lists.map(({ der }) => der),
      ocspAnswers: answers.map(({ der }) => der),
      busCertificates: bus.rows.map(({ der }) => der),
    }
  }

  /** An answer of a responder whose clock is ahead was in use before it says so. */
  async #answers(moment: Date, signers: readonly string[]): Promise<readonly Row[]> {
    const { rows } = await this.#database.query<Row>(
      `SELECT der, policy FROM sluice.validation_material
        WHERE kind = 'ocsp-answer' AND next_update > $1 AND least(this_update, first_seen) <= $1
          AND (certificate = ANY($2::text[]) OR certificate IN (
            SELECT rtrim(translate(encode(digest, 'base64'), '+/', '-_'), '=')
              FROM sluice.validation_material WHERE kind = 'authority'))
        ORDER BY this_update DESC`,
      [moment, signers],
    )
    return rows
  }

  async #rows(sql: string, moment: Date): Promise<readonly Row[]> {
    const { rows } = await this.#database.query<Row>(sql, [moment])
    return rows
  }
}

function authorityOf({ der, policy }: Row): KeptAuthority {
  const [role, revocation] = policy.split(' ')
  return {
    der,
    role: role === 'anchor' ? 'anchor' : 'intermediate',
    revocation: revocationMethods.find((method) => method === revocation) ?? 'crl',
  }
}
