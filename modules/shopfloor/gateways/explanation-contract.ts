import { z } from 'zod'
import { DeviceId, MeasuringPoint } from '#modules/shopfloor/devices/contract.ts'
import { deviceErrors } from '#modules/shopfloor/devices/errors.ts'
import { endpoint } from '#values/endpoint.ts'
import { Instant } from '#values/instant.ts'
import { LinkId, PointTableId, Quality, ReasonDetails, Settings } from './contract.ts'
import { PointShown, ReasonCode } from './frames-contract.ts'

/** What stands between a point and its value, the nearest to the platform first. */
export const PointCause = z.enum([
  /** No gateway reads the device: it sends its values itself, and what it says of their quality is all that is known. */
  'notByGateway',
  /** A device that is planned or retired is not read. */
  'deviceInactive',
  /** Its link or its connection is switched off. */
  'switchedOff',
  /** The point table that the device is read by has no such point. */
  'notInTable',
  /** The point stands in the table without an address. */
  'notFilledIn',
  'gatewayNever',
  'gatewaySilent',
  /** The gateway has not fetched the configuration yet by which it would read the point. */
  'notApplied',
  'link',
  'unit',
  'point',
  /** By its last report the gateway reads the point well. */
  'read',
  /** The gateway does not say: an older one, or one with more faults than a report holds. */
  'untold',
])
export type PointCause = z.infer<typeof PointCause>

export const PointExplanation = z.object({
  cause: PointCause,
  reason: ReasonCode.nullable(),
  details: ReasonDetails.optional(),
  /** The device's own number for it, and the frames that showed it; by the platform’s clock. */
  shown: PointShown.optional(),
  /** As the gateway read the point; null where the cause lies before it. */
  quality: Quality.nullable(),
  /** By the platform’s clock. */
  since: Instant.nullable(),
  /** The gateway’s last report. */
  reportedAt: Instant.nullable(),
  /** How the point is read; null where no gateway does. */
  source: z
    .object({
      gateway: z.object({ id: DeviceId, name: z.string(), nameEn: z.string().nullable() }),
      link: z.object({ id: LinkId, name: z.string(), protocol: z.string(), connection: Settings }),
      unit: Settings,
      pointTableId: PointTableId,
      pointTableName: z.string(),
      place: Settings.nullable(),
      periodMs: z.int().nullable(),
    })
    .nullable(),
})
export type PointExplanation = z.infer<typeof PointExplanation>

export const explanationApi = {
  explainPoint: endpoint({
    method: 'GET',
    path: '/gateways/connections/:deviceId/points/:name/explanation',
    summary:
      'Why the newest value of a device’s point is not good or does not come, as far as its gateway says; and how the point is read.',
    permission: 'gateways.read',
    params: z.object({ deviceId: DeviceId, name: MeasuringPoint.shape.name }),
    query: z.object({}),
    body: z.undefined(),
    response: PointExplanation,
    errors: [deviceErrors.notFound],
  }),
}
