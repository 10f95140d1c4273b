import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isPublicAddress } from '../../src/domain/webhook/address.ts';
import { canBePublic } from '../../src/domain/webhook/endpoint.ts';

const FORBIDDEN = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.8',
  '192.168.0.1',
  '198.18.0.1',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:8.8.8.8',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b::127.0.0.1',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fe80::1%eth0',
  'ff02::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '3fff::1',
  '',
  'localhost',
  '1.2.3',
  '1.2.3.4.5',
  '256.1.1.1',
  ':::',
  '1::2::3',
  '2001:db8',
  '12345::',
]; // prettier-ignore
const PUBLIC = [
  '8.8.8.8',
  '1.1.1.1',
  '172.32.0.1',
  '100.128.0.1',
  '192.0.1.1',
  '223.255.255.255',
  '2606:4700::1111',
  '2a00:1450:4001::200e',
];

it.each(FORBIDDEN)('%j is not the address of a public host', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

it.each(PUBLIC)('%j is the address of a public host', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

it.each([
  ['http://2130706433/', 'decimal'],
  ['http://0x7f.1/', 'hexadecimal'],
  ['http://0177.0.0.1/', 'octal'],
  ['http://127.1/', 'short'],
  ['http://[::ffff:127.0.0.1]/', 'mapped'],
  ['http://[::1]/', 'IPv6'],
  ['http://169.254.169.254/latest', 'metadata'],
  ['http://localhost/', 'name'],
  ['http://localhost./', 'name with a dot'],
  ['http://a.localhost/', 'name below it'],
  ['http://metadata.google.internal/', 'internal name'],
  ['http://①②⑦.0.0.1/', 'other digits'],
])('the host of %s cannot be public: %s', (url) => {
  expect(canBePublic(new URL(url).hostname)).toBe(false);
});

it('agrees with the block list of Node on every address', () => {
  const blocked = new BlockList();
  for (const [network, length] of [
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.88.99.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ] as const)
    blocked.addSubnet(network, length, 'ipv4'); // prettier-ignore
  const outside = new BlockList();
  outside.addSubnet('2000::', 3, 'ipv6');
  for (const [network, length] of [
    ['2001::', 23],
    ['2001:db8::', 32],
    ['2002::', 16],
    ['3fff::', 20],
  ] as const)
    blocked.addSubnet(network, length, 'ipv6');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.ipV4(),
        fc.ipV6(),
        fc.ipV6().map((text) => text.replace(/^[^:]*/, '2001')),
      ),
      (address) => {
        const isV4 = isIP(address) === 4;
        const expected = isV4
          ? !blocked.check(address)
          : outside.check(address, 'ipv6') && !blocked.check(address, 'ipv6');
        expect(isPublicAddress(address)).toBe(expected);
      },
    ),
    { numRuns: 3_000 },
  );
});
