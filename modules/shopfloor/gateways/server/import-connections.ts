import { fieldsOf } from '#edge/drivers/protocol-fields.ts'
import { type Context, inScope } from '#kernel/context.ts'
import { codeCell, numberCell, textCell } from '#kernel/imports/cells.ts'
import { type ImportDefinition, optional, type Resolved, type RowOf, type RowProblem, required } from '#kernel/imports/definition.ts'
import { narrow, opaque } from '#kernel/postgres.ts'
import { DEVICE_CODE_PATTERN, type DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import { AppError } from '#values/errors.ts'
import type { LinkId, PointTableId, Settings } from '../contract.ts'
import { placeProblems } from '../point-rows.ts'
import { insertLink } from './change-links.ts'
import { checkedConnection, protocolOf } from './check-settings.ts'
import { connectedDevices, gatewayQuery, linksOf } from './configuration-store.ts'
import { connectIn } from './connect-device.ts'
import { announce, lockOwnGateway } from './gateway-access.ts'
import type { Rooms } from './rooms.ts'
import type { GatewaysTables, GatewaysTx } from './tables.ts'

const words = textCell({ max: 80 })

const columns = {
  code: required(codeCell({ pattern: DEVICE_CODE_PATTERN, problem: 'gateways.importRows.problems.code' }), 'PRESS-001', {
    unique: true,
    width: 16,
  }),
  name: optional(words, 'gateways.importRows.examples.name', { width: 24 }),
  place: optional(textCell({ max: 80 }), '', { width: 16 }),
  serial: optional(words, '', { width: 16 }),
  gateway: required(words, 'GW-1', { width: 16 }),
  link: required(words, 'PRESS-001', { width: 20 }),
  host: optional(textCell({ max: 253 }), '192.168.10.21', { width: 18 }),
  port: optional(numberCell({ min: 1, max: 65_535, whole: true }), '502', { width: 8 }),
  unit: optional(textCell({ max: 200 }), '1', { width: 12 }),
  pointTable: required(words, 'gateways.importRows.examples.pointTable', { width: 24 }),
}
type Columns = typeof columns
type Row = RowOf<Columns>
type Key = Extract<keyof Columns, string>

interface Ready {
  gatewayId: DeviceId
  /** Null: to be made with this connection. */
  linkId: LinkId | null
  linkName: string
  protocol: string
  connection: Settings
  unit: Settings
  pointTableId: PointTableId
  device: { id: DeviceId } | { code: string; name: string; serial: string; nodeId: PlantNodeId | null }
}

/** Devices and where they are read, by spreadsheet: what the page does one by one. */
export const connectionImportDefinition = (rooms: Rooms): ImportDefinition<Columns, Ready> => ({
  kind: 'gateways.connection',
  wordsAt: 'gateways.importRows',
  columns,
  resolve: async (ctx, opaqueTx, rows) => {
    const tx = narrow<GatewaysTables>(opaqueTx)
    const stored = await readStored(rooms, tx, ctx)
    const resolved: Resolved<Ready, Key>[] = []
    for (const row of rows) resolved.push(await resolveRow(rooms, tx, ctx, row, stored))
    return resolved
  },
  apply: async (ctx, opaqueTx, rows) => {
    const tx = narrow<GatewaysTables>(opaqueTx)
    const made = new Map<string, LinkId>()
    const written: { id: string }[] = []
    for (const row of rows) {
      const key = `${row.gatewayId} ${row.linkName.toLowerCase()}`
      const linkId = row.linkId ?? made.get(key) ?? (await newLink(rooms, tx, ctx, row))
      made.set(key, linkId)
      const device = 'id' in row.device ? row.device : { ...row.device, nameEn: null, maker: '', model: '' }
      const { unit, pointTableId } = row
      const { deviceId } = await connectIn(rooms, tx, ctx, { linkId, unit, pointTableId, sourceTime: null, sequence: null, device })
      written.push({ id: deviceId })
    }
    for (const gatewayId of [...new Set(rows.map((row) => row.gatewayId))].sort())
      await announce(rooms, tx, ctx, (await lockOwnGateway(rooms, tx, ctx, gatewayId)).gateway)
    return written
  },
})

async function newLink(rooms: Rooms, tx: GatewaysTx, ctx: Context, { gatewayId, linkName, protocol, connection }: Ready): Promise<LinkId> {
  const owner = await lockOwnGateway(rooms, tx, ctx, gatewayId)
  return (await insertLink(rooms, tx, ctx, owner, { name: linkName, protocol, connection, enabled: true })).id
}

const normal = (text: string) => text.normalize('NFKC').trim().toLowerCase()

async function readStored(rooms: Rooms, tx: GatewaysTx, ctx: Context) {
  const gateways = await gatewayQuery(tx).execute()
  const known = await rooms.devices.devices(
    opaque(tx),
    gateways.map((gateway) => gateway.device_id),
  )
  const own = gateways.filter((gateway) => inScope(ctx, known.get(gateway.device_id)?.siteId))
  const links = new Map<string, Awaited<ReturnType<typeof linksOf>>[number]>()
  for (const { device_id } of own) for (const link of await linksOf(tx, device_id)) links.set(`${device_id} ${normal(link.name)}`, link)
  const tables = await tx.sql
    .selectFrom('gateways.point_table')
    .select(['id', 'name', 'protocol', 'model_code'])
    .where('org_id', '=', tx.orgId)
    .execute()
  const connections = await connectedDevices(tx)
  const devices = await rooms.devices.inUse(opaque(tx))
  const places = await rooms.plant.places(opaque(tx))
  return {
    gateways: new Map(
      own.map((gateway) => [normal(gateway.code), { id: gateway.device_id, siteId: known.get(gateway.device_id)?.siteId ?? null }]),
    ),
    gatewayIds: new Set<string>(gateways.map((gateway) => gateway.device_id)),
    links,
    tables: new Map(tables.map((table) => [normal(table.name), table])),
    connected: new Set<string>(connections.map((one) => one.device_id)),
    /** Units that are taken, also by rows before. */
    units: new Set(connections.map((one) => unitKey(one.link_id, one.unit))),
    devices: new Map(devices.map((device) => [normal(device.code), device])),
    places: new Map(places.map((place) => [normal(place.code), place])),
  }
}
type Stored = Awaited<ReturnType<typeof readStored>>

const unitKey = (link: string, unit: Settings) => `${link} ${JSON.stringify(Object.entries(unit).sort(([a], [b]) => (a < b ? -1 : 1)))}`

type Wrong = (column: Key, code: string, details?: Record<string, unknown>) => undefined

async function resolveRow(rooms: Rooms, tx: GatewaysTx, ctx: Context, row: Row, stored: Stored): Promise<Resolved<Ready, Key>> {
  const problems: RowProblem<Key>[] = []
  const wrong: Wrong = (column, code, details = {}) => {
    problems.push({ column, code: `gateways.importRows.problems.${code}`, details })
    return undefined
  }
  const gateway = stored.gateways.get(normal(row.gateway)) ?? wrong('gateway', 'gatewayUnknown', { text: row.gateway })
  const table = stored.tables.get(normal(row.pointTable)) ?? wrong('pointTable', 'tableUnknown', { text: row.pointTable })
  if (!gateway || !table) return { problems }
  const link = await linkOf(rooms, tx, ctx, row, { gateway, protocol: table.protocol, stored, wrong })
  const unit = unitOf(row.unit, table.protocol, wrong)
  const device = deviceOf(ctx, row, table.model_code, stored, wrong)
  if (!link || !unit || !device || problems.length > 0) return { problems }
  const key = unitKey(link.id ?? `${gateway.id} ${normal(row.link)}`, unit)
  if (stored.units.has(key))
    return { problems: [{ column: 'unit', code: 'gateways.importRows.problems.unitTaken', details: { text: row.unit ?? '' } }] }
  stored.units.add(key)
  const { protocol, id: pointTableId } = table
  return {
    ready: {
      gatewayId: gateway.id,
      linkId: link.id,
      linkName: row.link,
      protocol,
      connection: link.connection,
      unit,
      pointTableId,
      device,
    },
  }
}

interface Beside {
  gateway: { id: DeviceId; siteId: PlantNodeId | null }
  protocol: string
  stored: Stored
  wrong: Wrong
}

/** The link by its name; with a host it is made where there is none. */
async function linkOf(rooms: Rooms, tx: GatewaysTx, ctx: Context, row: Row, { gateway, protocol, stored, wrong }: Beside) {
  const link = stored.links.get(`${gateway.id} ${normal(row.link)}`)
  if (link && link.protocol !== protocol) return wrong('link', 'otherProtocol', { text: row.link })
  if (link) return { id: link.id, connection: {} }
  if (row.host === null) return wrong('link', 'linkUnknown', { text: row.link })
  const connection: Settings = { host: row.host, ...(row.port !== null && { port: row.port }) }
  try {
    await checkedConnection(rooms, tx, ctx, { protocol: protocolOf(protocol), connection, siteId: gateway.siteId })
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return wrong('host', error.code === 'gateways.addressNotDeclared' ? 'hostNotDeclared' : 'hostWrong', { text: row.host })
  }
  return { id: null, connection }
}

/** `3` is the protocol's first setting of a unit; several are written `rack=0;slot=1`. */
function unitOf(text: string | null, protocolName: string, wrong: Wrong): Settings | undefined {
  const { unit } = protocolOf(protocolName)
  const fields = fieldsOf(unit)
  const pairs = (text ?? '').split(/[;；]/).flatMap((part): [string, string][] => {
    const [, key, value = ''] = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(part) ?? []
    if (key !== undefined) return [[key, value]]
    return part.trim() === '' ? [] : [[fields[0]?.name ?? '', part.trim()]]
  })
  const settings: Settings = {}
  for (const [key, value] of pairs) {
    const field = fields.find(({ name }) => name === key)
    if (!field) return wrong('unit', 'unitWrong', { text: text ?? '' })
    settings[key] = field.kind === 'number' ? Number(value) : field.kind === 'boolean' ? value === 'true' : value
  }
  if (placeProblems(unit, settings).length > 0) return wrong('unit', 'unitWrong', { text: text ?? '' })
  return unit.parse(settings) as Settings
}

/** One that is registered, or a new one with its name and place. */
function deviceOf(ctx: Context, row: Row, modelCode: string, stored: Stored, wrong: Wrong): Ready['device'] | undefined {
  const known = stored.devices.get(normal(row.code))
  if (known) {
    if (!inScope(ctx, known.siteId)) return wrong('code', 'codeTaken', { code: row.code })
    if (stored.connected.has(known.id) || stored.gatewayIds.has(known.id)) return wrong('code', 'connectedAlready', { code: row.code })
    if (known.modelCode !== modelCode) return wrong('pointTable', 'otherModel', { code: row.code })
    return { id: known.id }
  }
  if (!ctx.scopes.permissions.has('devices.manage')) return wrong('code', 'deviceUnknown', { code: row.code })
  if (row.name === null) return wrong('name', 'nameNeeded', { code: row.code })
  const place = row.place === null ? undefined : stored.places.get(normal(row.place))
  if (row.place !== null && (!place?.siteId || !inScope(ctx, place.siteId))) return wrong('place', 'placeUnknown', { text: row.place })
  if (row.place === null && ctx.scopes.sites !== 'all') return wrong('place', 'placeNeeded')
  return { code: row.code, name: row.name, serial: row.serial ?? '', nodeId: place?.id ?? null }
}
