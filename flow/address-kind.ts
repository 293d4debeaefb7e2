/**
 * What an address of the network is for: `public`, `loopback` (this machine), `private` (a network of one's own), or
 * `closed`: never to be called, such as link-local addresses, which clouds serve their credentials at.
 */
export type AddressKind = 'public' | 'loopback' | 'private' | 'closed'

/** Of an IPv4 or IPv6 address as resolvers answer it; anything else is closed. */
export function addressKind(address: string): AddressKind {
  const bits = bitsOf(address)
  if (bits === undefined) return 'closed'
  return bits.length === V4 ? kindOfV4(bits) : kindOfV6(bits)
}

const V4 = 32

// RFC 6890 and the IANA registries of special-purpose addresses; the first range that holds an address decides.
const RANGES_V4 = ranges({
  '168.63.129.16/32': 'closed', // Azure's metadata, at an address that looks public
  '100.100.100.200/32': 'closed', // Alibaba's
  '0.0.0.0/8': 'closed',
  '10.0.0.0/8': 'private',
  '100.64.0.0/10': 'private', // shared by the customers of a provider (RFC 6598)
  '127.0.0.0/8': 'loopback',
  '169.254.0.0/16': 'closed', // link-local, and the metadata of most clouds
  '172.16.0.0/12': 'private',
  '192.0.0.0/24': 'closed',
  '192.0.2.0/24': 'closed',
  '192.88.99.0/24': 'closed', // relays of 6to4
  '192.168.0.0/16': 'private',
  '198.18.0.0/15': 'closed',
  '198.51.100.0/24': 'closed',
  '203.0.113.0/24': 'closed',
  '224.0.0.0/3': 'closed', // multicast, reserved, broadcast
})

// Public is what is given out of 2000::/3; 6to4 and Teredo hide an IPv4 address and have no servers left.
const RANGES_V6 = ranges({
  '::1/128': 'loopback',
  'fd00:ec2::254/128': 'closed', // Amazon's metadata
  'fc00::/7': 'private',
  '2001::/23': 'closed',
  '2001:db8::/32': 'closed',
  '2002::/16': 'closed',
  '3fff::/20': 'closed',
  '2000::/3': 'public',
})

/** An IPv4 address written as IPv6, and one behind a NAT64 (RFC 6052): what they stand for decides. */
const HOLD_V4 = ['::ffff:0:0', '64:ff9b::'].map((prefix) => bitsOf(prefix)?.slice(0, 96))

function kindOfV4(bits: string): AddressKind {
  return RANGES_V4.find(({ prefix }) => bits.startsWith(prefix))?.kind ?? 'public'
}

function kindOfV6(bits: string): AddressKind {
  if (HOLD_V4.includes(bits.slice(0, 96))) return kindOfV4(bits.slice(96))
  return RANGES_V6.find(({ prefix }) => bits.startsWith(prefix))?.kind ?? 'closed'
}

function ranges(table: Record<string, AddressKind>): { prefix: string; kind: AddressKind }[] {
  return Object.entries(table).map(([range, kind]) => {
    const [address = '', length] = range.split('/')
    return { prefix: (bitsOf(address) ?? '').slice(0, Number(length)), kind }
  })
}

/** The address as ones and noughts: 32 of them, or 128. */
function bitsOf(address: string): string | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) return address.split('.').map(binary(8)).join('')
  const host = URL.parse(`http://[${address}]`)?.hostname
  if (host === undefined) return undefined
  // The URL standard writes an IPv6 address in one way only: groups of hex, the longest run of noughts as `::`.
  const [head = '', tail] = host.slice(1, -1).split('::')
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'))
  const [before, after] = [groups(head), groups(tail ?? '')]
  const between = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return [...before, ...between, ...after].map((group) => binary(16)(Number.parseInt(group, 16))).join('')
}

function binary(length: number): (value: string | number) => string {
  return (value) => Number(value).toString(2).padStart(length, '0')
}
