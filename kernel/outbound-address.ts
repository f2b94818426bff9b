import ipaddr from 'ipaddr.js'

/**
 * What a target address is for a connection that leaves us. `public`: of the internet. `declared`: in a network that a plant declared.
 * `private`: inside somebody's walls, and nobody declared it. `forbidden`: never a target, whatever is declared (cloud metadata and other
 * link-local addresses, multicast, broadcast, unspecified, reserved).
 */
export type AddressVerdict = 'public' | 'declared' | 'private' | 'forbidden'

/** What may be declared: RFC 1918, RFC 4193, and loopback for what runs beside a gateway. */
const DECLARABLE = new Set(['private', 'uniqueLocal', 'loopback'])
/** Inside somebody's walls, but shared by a provider (RFC 6598): metadata services have been put there. */
const WALLED = new Set([...DECLARABLE, 'carrierGradeNat'])

/** Where clouds tell a machine its own credentials, inside ranges that may be declared: AWS by IPv6, Alibaba Cloud. */
const METADATA = new Set(['fd00:ec2::254', '100.100.100.200'])

export function addressVerdict(address: string, networks: readonly string[]): AddressVerdict {
  if (!ipaddr.isValid(address)) return 'forbidden'
  const target = embedded(ipaddr.parse(address))
  if (METADATA.has(target.toString())) return 'forbidden'
  const range = target.range()
  if (range === 'unicast') return 'public'
  if (!WALLED.has(range)) return 'forbidden'
  return DECLARABLE.has(range) && networks.some((network) => within(target, network)) ? 'declared' : 'private'
}

/**
 * The network that a CIDR names, written in one way (`wanted`), and whether a plant may declare it: all of it must lie in one private
 * range. Undefined for what is no CIDR.
 */
export function networkOf(cidr: string): { wanted: string; declarable: boolean } | undefined {
  if (!ipaddr.isValidCIDR(cidr)) return undefined
  const [address, bits] = ipaddr.parseCIDR(cidr)
  const kind = address.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6
  const first = kind.networkAddressFromCIDR(cidr)
  const wanted = `${first.toString()}/${bits}`
  const last = address.kind() === 'ipv4' ? ipaddr.IPv4.broadcastAddressFromCIDR(cidr) : ipaddr.IPv6.broadcastAddressFromCIDR(cidr)
  const range = first.range()
  return { wanted, declarable: DECLARABLE.has(range) && last.range() === range }
}

/** An IPv4 address in the clothes of IPv6 (mapped; NAT64, RFC 6052) is judged as what it leads to. */
function embedded(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (address instanceof ipaddr.IPv4) return address
  if (address.isIPv4MappedAddress()) return address.toIPv4Address()
  if (address.range() === 'rfc6052') return new ipaddr.IPv4(address.toByteArray().slice(12))
  return address
}

function within(address: ipaddr.IPv4 | ipaddr.IPv6, network: string): boolean {
  const [base, bits] = ipaddr.parseCIDR(network)
  return base.kind() === address.kind() && address.match(base, bits)
}
