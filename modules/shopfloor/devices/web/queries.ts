import { queryOptions } from '@tanstack/react-query'
import { organisationsApi } from '#modules/foundation/organisations/contract.ts'
import { plantApi } from '#modules/shopfloor/plant/contract.ts'
import { apiUrl, call } from '#ui/api.ts'
import { nameIn, type PageLocale } from '#ui/i18n.ts'
import type { Tone } from '#ui/page.tsx'
import type { OrgId } from '#values/ids.ts'
import type { AttachmentId } from '../attachments.ts'
import { type DeviceId, type DeviceStatus, devicesApi, type ThingModelId } from '../contract.ts'

const CHOICES = 200

export const deviceQueries = {
  device: (id: string, owner: string | null) =>
    queryOptions({
      queryKey: ['devices', 'one', id, owner],
      queryFn: ({ signal }) =>
        call(devicesApi.get, { params: { id: id as DeviceId }, query: owner ? { owner: owner as OrgId } : {}, signal }),
    }),
  points: (id: DeviceId) =>
    queryOptions({
      queryKey: ['devices', 'points', id],
      queryFn: ({ signal }) => call(devicesApi.points, { params: { id }, signal }),
    }),
  attachments: (id: DeviceId) =>
    queryOptions({
      queryKey: ['devices', 'attachments', id],
      queryFn: ({ signal }) => call(devicesApi.attachments, { params: { id }, signal }),
    }),
  byIds: (ids: readonly string[]) =>
    queryOptions({
      queryKey: ['devices', 'byIds', ids],
      queryFn: ({ signal }) => call(devicesApi.list, { query: { ids: ids.join(',') as never, limit: CHOICES }, signal }),
    }),
  /** Those a new device can be made from. */
  modelChoices: queryOptions({
    queryKey: ['devices', 'models', 'choices'],
    queryFn: ({ signal }) => call(devicesApi.thingModels, { query: { sort: 'name', limit: CHOICES }, signal }),
  }),
  model: (id: string) =>
    queryOptions({
      queryKey: ['devices', 'models', 'one', id],
      queryFn: ({ signal }) => call(devicesApi.thingModel, { params: { id: id as ThingModelId }, signal }),
    }),
  /** The plant's places in use. */
  places: queryOptions({
    queryKey: ['plant', 'nodes', false],
    queryFn: ({ signal }) => call(plantApi.nodes, { query: {}, signal }),
  }),
  partners: queryOptions({
    queryKey: ['devices', 'partners'],
    queryFn: ({ signal }) => call(organisationsApi.relations, { query: { limit: CHOICES }, signal }),
  }),
}

/** Where a photo or document is fetched; `saved` saves an image instead of showing it. */
export const contentUrl = (id: DeviceId, attachmentId: AttachmentId, as: 'shown' | 'saved' = 'shown'): string =>
  apiUrl(devicesApi.attachmentContent, { params: { id, attachmentId }, query: { as } })

export const statusTones: Record<DeviceStatus, Tone> = { planned: 'info', active: 'good', maintenance: 'warning', retired: 'neutral' }

interface Named {
  name: string
  nameEn: string | null
}

interface Typed extends Named {
  typeName: string
  typeNameEn: string | null
}

/** 重庆北碚工厂 / 压铸车间 / 压铸1线 */
export const placeText = (place: { path: string[]; pathEn: string[] } | null | undefined, locale: PageLocale): string =>
  (locale === 'en-US' ? place?.pathEn : place?.path)?.join(' / ') ?? ''

export const deviceName = (device: Named, locale: PageLocale): string => nameIn(locale, device.name, device.nameEn)
export const typeName = (device: Typed, locale: PageLocale): string => nameIn(locale, device.typeName, device.typeNameEn)
