import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { LinkLost } from '../../drivers/driver.ts'

/** The networks that the organisation declared as its own; nothing else is spoken to. */
export function declaredNetworks(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (isIP(address) !== 0) list.addSubnet(address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family)
  }
  return list
}

/**
 * The address to connect to: a name is resolved here and judged by what it resolves to, so that no name leads elsewhere.
 * Errors: LinkLost gateways.hostUnknown, gateways.addressNotDeclared.
 */
export async function judgedAddress(host: string, networks: BlockList): Promise<string> {
  const found = isIP(host) === 0 ? await lookup(host, { all: true }).catch(() => []) : [{ address: host, family: isIP(host) }]
  if (found.length === 0) throw new LinkLost('gateways.hostUnknown')
  const declared = found.find(({ address, family }) => networks.check(address, family === 6 ? 'ipv6' : 'ipv4'))
  if (!declared) throw new LinkLost('gateways.addressNotDeclared')
  return declared.address
}
