/**
 * Addresses that are not public hosts of the internet: the special-purpose registries of IANA, multicast, and the IPv6
 * ranges that embed an IPv4 address.
 */
const FORBIDDEN_V4 = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private
  '100.64.0.0/10', // shared by carriers
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // link-local, and the metadata services of clouds
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // former 6to4 relays
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
] as const;

/** Public IPv6 hosts are in 2000::/3, without these. */
const GLOBAL_V6 = '2000::/3';
const FORBIDDEN_V6 = [
  '2001::/23', // protocol assignments, with Teredo
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4, which embeds an IPv4 address
  '3fff::/20', // documentation
] as const;

interface Network {
  readonly first: bigint;
  /** Number of bits that vary within the network. */
  readonly hostBits: bigint;
}

const networksOf = (texts: readonly string[], bits: number, read: (text: string) => bigint | null): Network[] =>
  texts.map((text) => {
    const [address = '', length] = text.split('/');
    const hostBits = BigInt(bits - Number(length));
    return { first: (read(address) ?? 0n) >> hostBits, hostBits };
  });

const V4 = networksOf(FORBIDDEN_V4, 32, readV4);
const V6 = networksOf(FORBIDDEN_V6, 128, readV6);
const GLOBAL = networksOf([GLOBAL_V6], 128, readV6);

/** Returns whether an IP address, in the notation of a resolver or of a URL, is one of a public host. */
export function isPublicAddress(text: string): boolean {
  const v4 = readV4(text);
  if (v4 !== null) return !isIn(V4, v4);
  const v6 = readV6(text.replace(/%.*$/, ''));
  return v6 !== null && isIn(GLOBAL, v6) && !isIn(V6, v6);
}

function isIn(networks: readonly Network[], address: bigint): boolean {
  return networks.some(({ first, hostBits }) => address >> hostBits === first);
}

/** Reads four decimal numbers; URLs are normalised to this form. */
function readV4(text: string): bigint | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (!parts || parts.some((part) => part > 255)) return null;
  return parts.reduce((sum, part) => (sum << 8n) + BigInt(part), 0n);
}

function readV6(text: string): bigint | null {
  const [head = '', tail, ...rest] = text.replace(/(\d+\.){3}\d+$/, embeddedGroups).split('::');
  if (rest.length > 0 || !text.includes(':')) return null;
  const groupsOf = (part: string | undefined) => (part ? part.split(':') : []);
  const [before, after] = [groupsOf(head), groupsOf(tail)];
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...before, ...Array<string>(missing).fill('0'), ...after];
  if (groups.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return null;
  return groups.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}

/** Returns an IPv4 address at the end of an IPv6 address as two groups of hexadecimal digits. */
function embeddedGroups(text: string): string {
  const address = readV4(text);
  return address === null ? text : `${(address >> 16n).toString(16)}:${(address & 0xffffn).toString(16)}`;
}
