import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { PointRow } from '../point-rows.ts'

const folder = resolve(import.meta.dirname, '../../../../device-models')

const Words = z.object({ zh: z.string().min(1), en: z.string().min(1) })

/** A file of device-models/: what a kind of device measures, and where it lies by each protocol. */
const DeviceModelFile = z.strictObject({
  maker: Words,
  model: z.string().min(1).max(80),
  label: Words,
  /** Manual, edition and date that every place was taken from, with its address where it has one. */
  source: z.string().min(20).max(1_000),
  /** No register map is published: the places are examples that the site replaces. */
  template: z.boolean().default(false),
  thingModel: devicesApi.createThingModel.body,
  pointTables: z.record(
    z.string(),
    z.array(
      z.strictObject({
        ...PointRow.shape,
        scale: PointRow.shape.scale.default(1),
        offset: PointRow.shape.offset.default(0),
        deadband: PointRow.shape.deadband.default(0),
        periodMs: PointRow.shape.periodMs.default(5_000),
        access: PointRow.shape.access.default('r'),
      }),
    ),
  ),
})
export type DeviceModelFile = Omit<z.output<typeof DeviceModelFile>, 'maker'> & { id: string; maker: string; makerEn: string }

export type DeviceModels = ReadonlyMap<string, DeviceModelFile>

/** `maker/model` → its file. Read once at the start: a wrong file is an error of ours and ends it. */
export function readDeviceModels(): DeviceModels {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'))
  return new Map(
    paths.sort().map((path) => {
      const id = relative(folder, join(folder, path)).replace(/\.yaml$/, '')
      const parsed = DeviceModelFile.safeParse(parse(readFileSync(join(folder, path), 'utf8')))
      if (!parsed.success) throw new Error(`device-models/${path}: ${z.prettifyError(parsed.error)}`)
      const { maker, ...file } = parsed.data
      return [id, { ...file, id, maker: maker.zh, makerEn: maker.en }]
    }),
  )
}
