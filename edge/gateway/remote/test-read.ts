import type { BlockList } from 'node:net'
import { join } from 'node:path'
import type { CommandAnswer, TestReadCommand, TestSample } from '#modules/shopfloor/gateways/contract.ts'
import type { Clock } from '../../clock.ts'
import { LinkLost, type Point, type ReadRequest, type Sample } from '../../drivers/driver.ts'
import type { Protocol } from '../../drivers/protocol.ts'
import { protocols } from '../../drivers/protocols.ts'
import { drivers } from '../drivers.ts'
import { judgedAddress } from '../link/declared-host.ts'
import type { Link } from '../link/link.ts'
import { makeScaling, scaled } from '../rules/scaling.ts'

interface Parts {
  links: ReadonlyMap<string, Link>
  networks: BlockList
  clock: Clock
  dataDir: string
}

/**
 * Reads some points once, over the running link or, where the link is not saved yet, a connection of its own. Errors: LinkLost, the signal's
 * reason.
 */
export async function testRead(
  command: TestReadCommand,
  { links, networks, clock, dataDir }: Parts,
  signal: AbortSignal,
): Promise<CommandAnswer> {
  const protocol = protocols[command.protocol]
  if (!protocol || !drivers[command.protocol]) return { failed: 'gateways.unknownProtocol' }
  const unit = protocol.unit.safeParse(command.unit)
  if (!unit.success) return { failed: 'gateways.settingsWrong' }
  const places = command.points.map(({ place }) => protocol.place.safeParse(place))
  const points = places.flatMap((place, id): Point<Record<string, unknown>>[] => (place.success ? [{ id, place: place.data }] : []))
  const request = { unit: unit.data, points }
  const running = command.linkId === null ? undefined : links.get(command.linkId)
  const samples = await (running
    ? running.readOnce(request, signal)
    : readApart(command, protocol, request, { networks, clock, dataDir }, signal))
  const byPoint = new Map(samples.map((sample) => [sample.point, sample]))
  return { samples: command.points.map((point, id) => answerOf(point, byPoint.get(id))) }
}

async function readApart(
  command: TestReadCommand,
  protocol: Protocol,
  request: ReadRequest<Record<string, unknown>, Record<string, unknown>>,
  { networks, clock, dataDir }: Omit<Parts, 'links'>,
  signal: AbortSignal,
): Promise<Sample[]> {
  const settings = protocol.connection.safeParse(command.connection)
  const makeDriver = drivers[command.protocol]
  if (!settings.success || !makeDriver) throw new LinkLost('gateways.settingsWrong')
  const { host } = settings.data
  const address = typeof host === 'string' ? { host: await judgedAddress(host, networks) } : {}
  const driver = makeDriver({ ...settings.data, ...address }, clock, join(dataDir, command.protocol))
  try {
    await driver.connect(signal)
    return await driver.read(request, signal)
  } finally {
    await driver.close()
  }
}

function answerOf({ name, scale, offset, valueType }: TestReadCommand['points'][number], sample: Sample | undefined): TestSample {
  if (!sample) return { name, raw: null, value: null, quality: 'badConfiguration', reason: 'gateways.settingsWrong' }
  const reason = sample.reason === undefined ? {} : { reason: sample.reason }
  if (sample.value === null) return { name, raw: null, value: null, quality: sample.quality, ...reason }
  const raw = typeof sample.value === 'bigint' ? String(sample.value) : sample.value
  if (typeof raw === 'number' && !Number.isFinite(raw)) return { name, raw: null, value: null, quality: 'badSensorFailure' }
  const value = valueType === 'boolean' && typeof raw === 'number' ? raw !== 0 : scaled(sample.value, makeScaling(scale, offset))
  return { name, raw, value, quality: sample.quality, ...reason }
}
