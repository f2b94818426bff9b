import type { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { Driver } from './driver.ts'

/**
 * A protocol as data, `config.ts` of its folder. The schemas are flat objects of texts, numbers, booleans and enums: the form in the page,
 * the columns of the point table and of its Excel file, the check and the docs all come from them: `fieldsOf` (protocol-fields.ts) reads
 * them. Each field carries its words by `.meta(words({ … }))`. The message of a failed check is a code with words in the
 * folder's zh.json and en.json (`modbus.addressBeyondEnd`), its placeholders are the issue's `params`.
 */
export interface Protocol<
  Connection extends z.ZodObject = z.ZodObject,
  Unit extends z.ZodObject = z.ZodObject,
  Place extends z.ZodObject = z.ZodObject,
> {
  /** `modbus`: the folder, the prefix of its reasons. */
  name: string
  label: { zh: string; en: string }
  /** One physical link: host, port, time-outs, gap cost. */
  connection: Connection
  /** One device on the link: unit id. */
  unit: Unit
  /** Where one point lies: `address`, `dataType`, `order`, `length`. */
  place: Place
  /** Can it write, call methods (a place then has `method`), browse, subscribe, be asked for what it kept while nobody listened? */
  can: { write: boolean; call?: boolean; browse: boolean; subscribe: boolean; history?: boolean }
  /** By these settings a device sends its values by itself: one that holds is not said again at each period. */
  sends?(connection: Record<string, unknown>): boolean
  /** What a person confirms of the other side: a link that fails for one of these reasons offers the detail for the setting. */
  confirm?: { reasons: readonly string[]; detail: string; setting: string }
  /** No device can be asked for these in fewer requests; a page warns by it when they cannot fit their period. */
  leastRequests?(places: readonly z.output<Place>[]): number
}

/**
 * `driver.ts` of a protocol's folder: the only part of it that does I/O. `folder` is the driver's own, for what outlives the process: keys.
 * Written as a method, so that each protocol's own is a `MakeDriver<Protocol>` too: the settings have passed that protocol's schemas.
 */
export type MakeDriver<P extends Protocol> = {
  make(connection: z.output<P['connection']>, clock: Clock, folder: string): Driver<z.output<P['unit']>, z.output<P['place']>>
}['make']
