/** Keys are numbers inside and prefixed text at the edge, so that a message's id is never taken for a flow's. */
const PREFIX = {
  flow: 'flw',
  message: 'msg',
  enrollment: 'enr',
  key: 'key',
  launch: 'lch',
  testRun: 'tst',
  call: 'cal',
  import: 'imp',
} as const
export type IdKind = keyof typeof PREFIX

/** What people make are int columns, what runs makes bigint ones. */
const LARGEST: Partial<Record<IdKind, number>> = { flow: 2 ** 31 - 1, key: 2 ** 31 - 1 }

/** `encodeId('message', 12)` is `msg_c`. */
export function encodeId(kind: IdKind, id: number): string {
  return `${PREFIX[kind]}_${id.toString(36)}`
}

/** The number behind an edge id; undefined when it is not one of this kind. */
export function decodeId(kind: IdKind, text: string): number | undefined {
  const match = /^([a-z]{3})_([0-9a-z]{1,11})$/.exec(text)
  if (!match || match[1] !== PREFIX[kind]) return undefined
  const id = Number.parseInt(match[2]!, 36)
  const fits = id <= (LARGEST[kind] ?? Number.MAX_SAFE_INTEGER)
  return fits && encodeId(kind, id) === text ? id : undefined
}
