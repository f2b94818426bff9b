import { type BrowseCommand, type CommandAnswer, wireLimits } from '#modules/shopfloor/gateways/contract.ts'
import type { BrowsedNode } from '../../drivers/driver.ts'
import { plainText } from '../../drivers/plain-text.ts'
import type { Link } from '../link/link.ts'

const NAME_LENGTH = 300
const ADDRESS_LENGTH = 500
const STEP_LENGTH = 900
const UNIT_LENGTH = 60
const ARGUMENTS = 50
const ARGUMENT_LENGTH = 100
const DESCRIPTION_LENGTH = 200

/** A look into the directory of the device behind a running link. Errors: LinkLost. */
export async function browse(
  { linkId, at, cursor }: BrowseCommand,
  links: ReadonlyMap<string, Link>,
  signal: AbortSignal,
): Promise<CommandAnswer> {
  const link = links.get(linkId)
  if (!link) return { failed: 'gateways.linkFailed' }
  const found = await link.browse(at, cursor ?? undefined, signal)
  if ('refused' in found) return { failed: found.refused }
  const nodes = found.nodes.filter(canBePicked).slice(0, wireLimits.browseNodes)
  return {
    nodes: nodes.map((node) => ({
      ...node,
      name: plainText(node.name, NAME_LENGTH),
      ...(node.unit === undefined ? {} : { unit: plainText(node.unit, UNIT_LENGTH) }),
      ...(node.method ? { method: methodOf(node.method) } : {}),
      place: node.place as Record<string, string> | null,
    })),
    cursor: found.cursor ?? null,
  }
}

/** As many arguments, and as long, as the platform takes. */
const methodOf = ({ inputs }: NonNullable<BrowsedNode['method']>) =>
  inputs === undefined || inputs.length > ARGUMENTS
    ? {}
    : {
        inputs: inputs.map(({ name, dataType, description }) => ({
          name: plainText(name, ARGUMENT_LENGTH),
          ...(dataType ? { dataType } : {}),
          ...(description ? { description: plainText(description, DESCRIPTION_LENGTH) } : {}),
        })),
      }

/** Not by a place that no point table takes. */
const canBePicked = ({ at, step = '', type = '' }: BrowsedNode): boolean =>
  at === plainText(at, ADDRESS_LENGTH) && step === plainText(step, STEP_LENGTH) && type === plainText(type, STEP_LENGTH)
