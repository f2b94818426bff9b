import { z } from 'zod'

/** A kind of device whose points are known: a file below device-models/. */
export const DeviceModel = z.object({
  id: z.string(),
  maker: z.string(),
  makerEn: z.string(),
  model: z.string(),
  label: z.string(),
  labelEn: z.string(),
  /** Points to fill in at the site: no register map is published. */
  template: z.boolean(),
  source: z.string(),
  protocols: z.array(z.string().max(40)),
  points: z.int(),
})
