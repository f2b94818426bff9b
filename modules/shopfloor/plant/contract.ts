import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { event } from '#values/event.ts'
import { idOf } from '#values/ids.ts'
import { CalendarDate, Instant, TimeZone } from '#values/instant.ts'
import { permissions } from '#values/permission.ts'
import { plantErrors } from './errors.ts'
import { levels } from './levels.ts'

export const PlantNodeId = idOf('PlantNode')
export type PlantNodeId = z.infer<typeof PlantNodeId>
export const ShiftId = idOf('Shift')
export type ShiftId = z.infer<typeof ShiftId>

export const plantPermissions = permissions('plant', {
  read: ['owner', 'systemAdmin', 'securityAdmin', 'auditAdmin', 'engineer', 'staff'],
  manage: ['owner', 'systemAdmin', 'engineer'],
  /** Opens private networks to connections of the platform: no engineer's decision. */
  declareNetworks: ['owner', 'securityAdmin'],
})

/** An organisation's tree is handed over whole; it has no more places than this, retired ones included. */
export const MAX_NODES = 5_000

export const PlantLevel = z.enum(levels)
/** A short code for people and spreadsheets: WS-01. */
export const PlantCode = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, { message: 'plantCode' })
const Name = z.string().trim().min(1).max(80)
const MinuteOfDay = z.int().min(0).max(1439)

export const PlantNode = z.object({
  id: PlantNodeId,
  parentId: PlantNodeId.nullable(),
  level: PlantLevel,
  code: z.string(),
  name: z.string(),
  nameEn: z.string().nullable(),
  /** The site it stands in; its own id for a site, null for the enterprise. */
  siteId: PlantNodeId.nullable(),
  retiredAt: Instant.nullable(),
  version: z.int(),
})
export type PlantNode = z.infer<typeof PlantNode>

/** The production day starts at this minute of the site's clock from this date on. */
export const DayStartEntry = z.object({ from: CalendarDate, minuteOfDay: MinuteOfDay })

export const Shift = z.object({
  id: ShiftId,
  name: z.string(),
  startMinute: z.int(),
  /** Not later than the start: it passes midnight; equal to it: a whole day. */
  endMinute: z.int(),
  validFrom: CalendarDate,
  /** First date on which it is worked no more. */
  validUntil: CalendarDate.nullable(),
  version: z.int(),
})
export type Shift = z.infer<typeof Shift>

const ShiftInput = z.object({
  name: z.string().trim().min(1).max(40),
  startMinute: MinuteOfDay,
  endMinute: MinuteOfDay,
  validFrom: CalendarDate,
  validUntil: CalendarDate.nullable(),
})

export const Holiday = z.object({ date: CalendarDate, kind: z.enum(['holiday', 'workday']), name: z.string().trim().max(40) })
export type Holiday = z.infer<typeof Holiday>

/** A network of a site that machines stand in, by dates. */
export const DeclaredNetwork = z.object({
  /** CIDR: 192.168.40.0/24, fd12:3456::/64. */
  network: z.string().max(50),
  note: z.string().trim().max(80),
  validFrom: CalendarDate,
  /** First date on which it is declared no more. */
  validUntil: CalendarDate.nullable(),
})
export type DeclaredNetwork = z.infer<typeof DeclaredNetwork>

export const Site = z.object({
  id: PlantNodeId,
  timeZone: z.string(),
  /** Ascending by date; before the first entry the day starts at midnight. */
  dayStarts: z.array(DayStartEntry),
  shifts: z.array(Shift),
  /** Of the year that was asked for. */
  holidays: z.array(Holiday),
  /** The only private addresses that connections to machines may go to. */
  networks: z.array(DeclaredNetwork),
  version: z.int(),
})
export type Site = z.infer<typeof Site>

const none = z.object({})
const nodePath = z.object({ id: PlantNodeId })
const Year = z.coerce.number().int().min(2000).max(2100)

export const plantApi = {
  nodes: endpoint({
    method: 'GET',
    path: '/plant/nodes',
    summary: 'The plant as a flat list of places, parents before children; those outside the sites of a confined user are left out.',
    permission: 'plant.read',
    params: none,
    query: z.object({ retired: z.stringbool().default(false) }),
    body: z.undefined(),
    response: z.object({ nodes: z.array(PlantNode) }),
    errors: [],
  }),
  createNode: endpoint({
    method: 'POST',
    path: '/plant/nodes',
    summary: 'Adds a place; a site brings its time zone and the minute its production day starts at.',
    permission: 'plant.manage',
    params: none,
    query: none,
    body: z.object({
      parentId: PlantNodeId.nullable(),
      level: PlantLevel,
      code: PlantCode,
      name: Name,
      nameEn: Name.nullable(),
      timeZone: TimeZone.default('Asia/Shanghai'),
      dayStartMinute: MinuteOfDay.default(0),
    }),
    response: PlantNode,
    status: 201,
    errors: [
      plantErrors.notFound,
      plantErrors.codeTaken,
      plantErrors.levelNotAllowed,
      plantErrors.enterpriseExists,
      plantErrors.parentRetired,
      plantErrors.tooManyNodes,
    ],
  }),
  updateNode: endpoint({
    method: 'PATCH',
    path: '/plant/nodes/:id',
    summary: 'Renames a place.',
    permission: 'plant.manage',
    params: nodePath,
    query: none,
    body: z.object({ version: z.int(), code: PlantCode, name: Name, nameEn: Name.nullable() }),
    response: PlantNode,
    errors: [plantErrors.notFound, plantErrors.changedMeanwhile, plantErrors.codeTaken],
  }),
  moveNode: endpoint({
    method: 'POST',
    path: '/plant/nodes/:id/move',
    summary: 'Puts a place with all below it under another one of the same site.',
    permission: 'plant.manage',
    params: nodePath,
    query: none,
    body: z.object({ version: z.int(), parentId: PlantNodeId }),
    response: PlantNode,
    errors: [
      plantErrors.notFound,
      plantErrors.changedMeanwhile,
      plantErrors.levelNotAllowed,
      plantErrors.cycle,
      plantErrors.otherSite,
      plantErrors.retired,
      plantErrors.parentRetired,
    ],
  }),
  retireNode: endpoint({
    method: 'POST',
    path: '/plant/nodes/:id/retire',
    summary: 'Retires a place and all below it; nothing is deleted, its history stays.',
    permission: 'plant.manage',
    params: nodePath,
    query: none,
    body: z.object({ version: z.int() }),
    response: z.object({ retired: z.int() }),
    errors: [plantErrors.notFound, plantErrors.changedMeanwhile, plantErrors.retired],
  }),
  restoreNode: endpoint({
    method: 'POST',
    path: '/plant/nodes/:id/restore',
    summary: 'Takes a retired place back into use, without those below it.',
    permission: 'plant.manage',
    params: nodePath,
    query: none,
    body: z.object({ version: z.int() }),
    response: PlantNode,
    errors: [
      plantErrors.notFound,
      plantErrors.changedMeanwhile,
      plantErrors.parentRetired,
      plantErrors.codeTaken,
      plantErrors.enterpriseExists,
    ],
  }),
  site: endpoint({
    method: 'GET',
    path: '/plant/sites/:id',
    summary: 'A site’s time zone, day starts, shifts, networks, and the holidays and make-up workdays of one year.',
    permission: 'plant.read',
    params: nodePath,
    query: z.object({ year: Year }),
    body: z.undefined(),
    response: Site,
    errors: [plantErrors.notFound],
  }),
  updateSite: endpoint({
    method: 'PATCH',
    path: '/plant/sites/:id',
    summary: 'Sets the time zone and the whole history of day starts; production days are summed anew.',
    permission: 'plant.manage',
    params: nodePath,
    query: none,
    body: z.object({ version: z.int(), timeZone: TimeZone, dayStarts: z.array(DayStartEntry).max(100) }),
    response: z.object({ version: z.int() }),
    errors: [plantErrors.notFound, plantErrors.changedMeanwhile, plantErrors.duplicateDate],
  }),
  createShift: endpoint({
    method: 'POST',
    path: '/plant/sites/:id/shifts',
    summary: 'Adds a shift; it may pass midnight.',
    permission: 'plant.manage',
    params: nodePath,
    query: none,
    body: ShiftInput,
    response: Shift,
    status: 201,
    errors: [plantErrors.notFound, plantErrors.shiftOverlap, plantErrors.invalidPeriod],
  }),
  updateShift: endpoint({
    method: 'PATCH',
    path: '/plant/shifts/:id',
    summary: 'Changes a shift or the dates it is worked on.',
    permission: 'plant.manage',
    params: z.object({ id: ShiftId }),
    query: none,
    body: ShiftInput.extend({ version: z.int() }),
    response: Shift,
    errors: [plantErrors.shiftNotFound, plantErrors.changedMeanwhile, plantErrors.shiftOverlap, plantErrors.invalidPeriod],
  }),
  deleteShift: endpoint({
    method: 'DELETE',
    path: '/plant/shifts/:id',
    summary: 'Removes a shift that was entered by mistake; one that was worked gets an end date instead.',
    permission: 'plant.manage',
    params: z.object({ id: ShiftId }),
    query: none,
    body: z.undefined(),
    response: z.object({ done: z.literal(true) }),
    errors: [plantErrors.shiftNotFound],
  }),
  declareNetworks: endpoint({
    method: 'PUT',
    path: '/plant/sites/:id/networks',
    summary: 'Sets the networks of a site that connections to machines may go to, with their dates.',
    permission: 'plant.declareNetworks',
    params: nodePath,
    query: none,
    body: z.object({ version: z.int(), networks: z.array(DeclaredNetwork).max(50) }),
    response: z.object({ version: z.int() }),
    errors: [
      plantErrors.notFound,
      plantErrors.changedMeanwhile,
      plantErrors.notANetwork,
      plantErrors.networkNotPrivate,
      plantErrors.duplicateNetwork,
      plantErrors.invalidPeriod,
    ],
  }),
  setHolidays: endpoint({
    method: 'PUT',
    path: '/plant/sites/:id/holidays',
    summary: 'Sets the holidays and make-up workdays of one year.',
    permission: 'plant.manage',
    params: nodePath,
    query: none,
    body: z.object({ version: z.int(), year: z.int().min(2000).max(2100), holidays: z.array(Holiday).max(366) }),
    response: z.object({ version: z.int() }),
    errors: [plantErrors.notFound, plantErrors.changedMeanwhile, plantErrors.duplicateDate, plantErrors.invalidPeriod],
  }),
}

export const plantEvents = {
  /** Time zone, day starts, shifts or holidays of a site changed: what was summed by production day is summed anew. */
  calendarChanged: event('plant.calendarChanged', 1, z.object({ siteId: PlantNodeId })),
}
