import { describe, expect, test } from 'vitest'
import { addressKind, type AddressKind } from '../../flow/address-kind.ts'
import { barrierOf, mayConnect, type Barrier, type Reach } from '../../flow/reach.ts'

const NOWHERE_ELSE: Reach = { hosts: [], loopback: false }

describe('an address of the network', () => {
  test.each<[AddressKind, string[]]>([
    ['public', ['8.8.8.8', '172.15.255.255', '172.32.0.1', '192.31.196.1', '223.255.255.255']],
    ['public', ['2606:4700::1111', '2a00:1450:4001::8a', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8']],
    ['loopback', ['127.0.0.1', '127.255.255.254', '::1', '0:0:0:0:0:0:0:1']],
    ['loopback', ['::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::127.0.0.1']],
    ['private', ['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.1.1']],
    ['private', ['100.64.0.1', '100.127.255.255', 'fc00::1', 'fdff::1']],
    ['private', ['::ffff:10.0.0.1', '64:ff9b::c0a8:101']],
  ])('is %s: %j', (kind, addresses) => {
    expect(addresses.map((one) => [one, addressKind(one)])).toEqual(addresses.map((one) => [one, kind]))
  })

  test.each([
    ['unspecified', ['0.0.0.0', '0.1.2.3', '::', '::ffff:0.0.0.0']],
    ['link-local, with the metadata of clouds', ['169.254.0.1', '169.254.169.254', 'fe80::1', 'febf::1']],
    ['metadata elsewhere', ['168.63.129.16', '100.100.100.200', '192.0.0.192', 'fd00:ec2::254']],
    ['metadata in disguise', ['::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '64:ff9b::a9fe:a9fe']],
    ['multicast or reserved', ['224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', 'ff02::1']],
    ['hiding another address', ['2002:7f00:1::', '2001:0:1::1', '::127.0.0.1', '64:ff9b:1::1']],
    ['for documents or tests', ['192.0.2.1', '198.18.0.1', '203.0.113.9', '2001:db8::1', '3fff::1']],
    ['of a past standard', ['192.88.99.1', 'fec0::1', '100::1', '4000::1']],
    ['no address', ['', 'localhost', '999.1.1.1', '1.2.3', '::1%lo', 'fe80::1%eth0', '1.2.3.4, 5.6.7.8']],
  ])('that is %s is never called', (_, addresses) => {
    expect(addresses.filter((one) => addressKind(one) !== 'closed')).toEqual([])
  })

  test('is called when it is public; else only when the operator says so', () => {
    const may = (address: string, listed: boolean, loopback: boolean) =>
      mayConnect(address, { listed, reach: { hosts: [], loopback } })
    expect(may('8.8.8.8', false, false)).toBe(true)
    expect([may('10.0.0.1', false, true), may('10.0.0.1', true, false)]).toEqual([false, true])
    expect([may('127.0.0.1', false, false), may('127.0.0.1', false, true)]).toEqual([false, true])
    expect(may('127.0.0.1', true, false)).toBe(true)
    expect([may('169.254.169.254', true, true), may('0.0.0.0', true, true)]).toEqual([false, false])
  })
})

describe('a URL alone', () => {
  const at = (url: string, reach = NOWHERE_ELSE): Barrier | null => barrierOf(new URL(url), reach)

  test.each([
    'https://shop.example/hook',
    'http://shop.example',
    'https://shop.example:8443',
    'https://shop.example:443',
    'https://8.8.8.8',
  ])('may be called: %s', (url) => {
    expect(at(url)).toBeNull()
  })

  test.each([
    ['in decimal', 'http://2130706433/'],
    ['in octal', 'http://0177.0.0.1/'],
    ['in hex', 'http://0x7f.0x0.0x0.0x1/'],
    ['cut short', 'http://127.1/'],
    ['with a dot behind', 'http://127.0.0.1./'],
    ['with wide digits', 'http://１２７.０.０.１/'],
    ['as IPv6', 'http://[::ffff:127.0.0.1]/'],
    ['by name', 'http://localhost/'],
    ['by a name below it', 'http://api.localhost./'],
  ])('that is this machine %s is told before it is tried', (_, url) => {
    expect(at(url)).toBe('address')
    expect(at(url, { hosts: [], loopback: true })).toBeNull()
  })

  test.each<[Barrier, string]>([
    ['address', 'http://169.254.169.254/latest/meta-data'],
    ['address', 'http://[fd00:ec2::254]/'],
    ['address', 'https://10.0.0.7/'],
    ['sign-in', 'https://user@shop.example/'],
    ['sign-in', 'https://user:password@shop.example/'],
    ['port', 'http://shop.example:25/'],
    ['port', 'https://shop.example:22/'],
    ['scheme', 'ftp://shop.example/'],
    ['scheme', 'file:///etc/passwd'],
  ])('is refused for its %s: %s', (barrier, url) => {
    expect(at(url)).toBe(barrier)
  })

  test('of a host that the operator named may be private, and on any port or on the one named', () => {
    const reach = { hosts: ['10.0.0.7', 'crm.internal:25', 'shop.internal:443'], loopback: false }
    expect([at('http://10.0.0.7:81/', reach), at('http://10.0.0.8/', reach)]).toEqual([null, 'address'])
    expect([at('http://crm.internal:25/', reach), at('http://crm.internal:26/', reach)]).toEqual([
      null,
      'port',
    ])
    expect(at('https://shop.internal/', reach)).toBeNull()
    expect(at('http://169.254.169.254/', { hosts: ['169.254.169.254'], loopback: true })).toBe('address')
  })
})
