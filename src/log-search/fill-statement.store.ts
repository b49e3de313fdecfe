/** How the texts that are in an entry alone are got out of it. */
interface Reading {
  /** Columns made of the bytes of an entry, and what comes of them. */
  readonly text: string
  readonly columns: string
  readonly member: (name: string) => string
  /** A name that may be missing. */
  readonly name: (text: string) => string
}

const whole: Reading['name'] = (text) => `coalesce(${text}, '')`

// An entry is canonical JSON: without a backslash in it, a member's name in its quotes stands nowhere
// but before its value, and the value ends at the next quote. Half the price of parsing it.
const quickly: Reading = {
  text: `convert_from(coalesce(request.entry, o.entry), 'UTF8')`,
  columns: `text, strpos(text, '\\') = 0 AS is_plain`,
  member: (name) =>
    `CASE WHEN is_plain
       THEN nullif(split_part(split_part(text, '"${name}":"', 2), '"', 1), '')
       ELSE text::json ->> '${name}' END`,
  name: whole,
}

const carefully: Reading = {
  text: 'sluice.entry_as_json(coalesce(request.entry, o.entry))',
  columns: 'text',
  member: (name) => `text ->> '${name}'`,
  name: whole,
}

const shortened: Reading = { ...carefully, name: (text) => `left(${whole(text)}, 128)` }

const parties = 'domain, consumer, provider, service, outcome'

/**
 * Fills what has not been filled before, from entries that are such.
 * @param which - condition on the outcome's entry, `o`
 */
export function quickFill(which: string): string {
  return statement(which, quickly, '')
}

/** The same where a row may be there already, or bytes may be no entry. */
export function carefulFill(which: string): string {
  return statement(which, carefully, 'ON CONFLICT DO NOTHING')
}

/**
 * The same where names are so long that the index has no room for them: five of at most 128 characters always fit.
 * What is found by a shortened one does not fit its entries, and is said to disagree.
 */
export function shortenedFill(which: string): string {
  return statement(which, shortened, 'ON CONFLICT DO NOTHING')
}

/** About whom it is: whom the request names, and the user, where that is proved. Few entries say; the others do not pay. */
function aboutKeys(member: Reading['member']): string {
  const says = (name: string): string => `strpos(text::text, '"${name}"') > 0`
  return `CASE WHEN ${says('namedPseudonyms')} OR ${says('assertionDigest')} THEN
    ARRAY(SELECT DISTINCT hashtextextended(name, 0)
            FROM unnest(string_to_array(${member('namedPseudonyms')}, ' ') ||
                        CASE WHEN ${member('assertionDigest')} IS NOT NULL
                          THEN ARRAY[${member('subjectPseudonym')}] END) AS name
           WHERE name IS NOT NULL) END`
}

const keys = 'exchange_id, message_key, correlation_key, subject_key, about_keys'

/** One row for each outcome; who asked whom comes from its columns, the rest from the request's entry. */
function statement(which: string, reading: Reading, onConflict: string): string {
  const { text, columns, member, name } = reading
  const key = (name: string): string => `hashtextextended(${member(name)}, 0)`
  return `
    WITH found AS MATERIALIZED (
      SELECT exchange_id, ${key('messageId')} AS message_key,
             ${key('correlationId')} AS correlation_key, ${key('subjectPseudonym')} AS subject_key,
             ${aboutKeys(member)} AS about_keys,
             ${name('domain')} AS domain, ${name('consumer')} AS consumer,
             ${name(member('provider'))} AS provider,
             ${name('service')} AS service, ${name('outcome')} AS outcome
        FROM (SELECT exchange_id, domain, consumer, service, outcome, ${columns}
                FROM (SELECT o.exchange_id, o.domain, o.consumer, o.service, o.outcome,
                             ${text} AS text
                        FROM sluice.message_log_entry AS o
                        LEFT JOIN LATERAL (SELECT entry FROM sluice.message_log_entry AS other
                                            WHERE other.exchange_id = o.exchange_id AND half = 1
                                           OFFSET 0) AS request ON true
                       WHERE o.half = 2 AND ${which} OFFSET 0) AS read
               OFFSET 0) AS looked_at
    ), known AS MATERIALIZED (
      SELECT found.*, p.id FROM found LEFT JOIN sluice.exchange_search_parties AS p
       USING (${parties})
    ), added AS (
      INSERT INTO sluice.exchange_search_parties (${parties})
      SELECT DISTINCT ${parties} FROM known WHERE id IS NULL RETURNING id, ${parties}
    )
    INSERT INTO sluice.exchange_search (${keys}, parties)
    SELECT ${keys}, id FROM known WHERE id IS NOT NULL
    UNION ALL
    SELECT ${keys}, added.id
      FROM known JOIN added USING (${parties}) WHERE known.id IS NULL
    ${onConflict}`
}
