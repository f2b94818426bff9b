import { queryOptions } from '@tanstack/react-query'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { call } from '#ui/api.ts'
import type { Tone } from '#ui/page.tsx'
import { configurationApi, type GatewayState } from '../configuration-contract.ts'
import type { LinkStatus, PointTableId, UnitStatus, WireLogEntry } from '../contract.ts'
import { explanationApi } from '../explanation-contract.ts'
import { pairApi } from '../pair-contract.ts'
import { rollOutApi } from '../roll-out-contract.ts'

const REFRESH_MS = 5_000
const ROLL_OUT_MS = 2_000
const CHOICES = 200

export const gatewayQueries = {
  gateway: (id: string) =>
    queryOptions({
      queryKey: ['gateways', 'one', id],
      queryFn: ({ signal }) => call(configurationApi.get, { params: { id: id as DeviceId }, signal }),
      refetchInterval: REFRESH_MS,
    }),
  pair: (id: string) =>
    queryOptions({
      queryKey: ['gateways', 'pair', id],
      queryFn: ({ signal }) => call(pairApi.pair, { params: { id: id as DeviceId }, signal }),
      refetchInterval: REFRESH_MS,
    }),
  gatewayChoices: queryOptions({
    queryKey: ['gateways', 'choices'],
    queryFn: ({ signal }) => call(configurationApi.list, { query: { limit: CHOICES }, signal }),
  }),
  connection: (deviceId: string) =>
    queryOptions({
      queryKey: ['gateways', 'connection', deviceId],
      queryFn: ({ signal }) => call(configurationApi.connection, { params: { deviceId: deviceId as DeviceId }, signal }),
      refetchInterval: REFRESH_MS,
    }),
  explanation: (deviceId: string, name: string) =>
    queryOptions({
      queryKey: ['gateways', 'explanation', deviceId, name],
      queryFn: ({ signal }) => call(explanationApi.explainPoint, { params: { deviceId: deviceId as DeviceId, name }, signal }),
      refetchInterval: REFRESH_MS,
    }),
  pointTable: (id: string) =>
    queryOptions({
      queryKey: ['gateways', 'pointTable', id],
      queryFn: ({ signal }) => call(configurationApi.pointTable, { params: { id: id as PointTableId }, signal }),
    }),
  rollOutPlan: (id: PointTableId, toVersion: number | undefined) =>
    queryOptions({
      queryKey: ['gateways', 'rollOutPlan', id, toVersion],
      queryFn: ({ signal }) =>
        call(rollOutApi.planRollOut, { params: { id }, query: toVersion === undefined ? {} : { toVersion }, signal }),
      refetchInterval: REFRESH_MS,
    }),
  rollOuts: (id: PointTableId) =>
    queryOptions({
      queryKey: ['gateways', 'rollOuts', id],
      queryFn: ({ signal }) => call(rollOutApi.rollOuts, { params: { id }, signal }),
      refetchInterval: ROLL_OUT_MS,
    }),
  pointTableChoices: (protocol: string | undefined) =>
    queryOptions({
      queryKey: ['gateways', 'pointTables', 'choices', protocol],
      queryFn: ({ signal }) => call(configurationApi.pointTables, { query: { limit: CHOICES, ...(protocol ? { protocol } : {}) }, signal }),
    }),
  deviceModels: queryOptions({
    queryKey: ['gateways', 'deviceModels'],
    queryFn: ({ signal }) => call(configurationApi.deviceModels, { signal }),
  }),
}

export const stateTones: Record<GatewayState, Tone> = { online: 'good', offline: 'bad', never: 'neutral' }
export const linkTones: Record<LinkStatus['state'], Tone> = { connected: 'good', connecting: 'info', failed: 'bad', disabled: 'neutral' }
export const unitTones: Record<UnitStatus['state'], Tone> = { ok: 'good', failing: 'warning', open: 'bad', halfOpen: 'info' }
export const levelTones: Record<WireLogEntry['level'], Tone> = { info: 'info', warning: 'warning', error: 'bad' }
