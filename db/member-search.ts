const LAST = '\u{10FFFF}'

/**
 * Ids of members whose external id, name, e-mail address or phone number begins with `q`. Ranges, not LIKE: behind
 * row-level security an index serves leakproof operators only. starts_with then decides, since a range follows the
 * collation of the database. What it needs is appended to `params`.
 */
export function memberSearch(q: string, params: unknown[]): string {
  const param = (value: string): string => `$${params.push(value)}::text`
  const [first, last, phone, lastPhone] = [q, `${q}${LAST}`, phoneStart(q), `${phoneStart(q)}${LAST}`].map(
    param,
  )
  return `
    select id from member
    where external_id >= ${first} and external_id <= ${last} and starts_with(external_id, ${first})
    union
    select id from member
    where name_key >= lower(${first}) collate "C" and name_key <= lower(${last}) collate "C"
      and starts_with(name_key, lower(${first}))
    union
    select member from address
    where kind = 'email' and value >= ${first} and value <= ${last} and starts_with(value, ${first})
    union
    select member from address
    where kind = 'phone' and value >= ${phone} and value <= ${lastPhone} and starts_with(value, ${phone})`
}

/** Numbers are stored with a plus, and looked for without. */
function phoneStart(q: string): string {
  const digits = q.replace(/[\s().+-]/g, '')
  return /^\d+$/.test(digits) ? `+${digits}` : q
}
