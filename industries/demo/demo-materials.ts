import { z } from 'zod'
import { Attribute } from '#modules/trade/materials/attributes.ts'
import { Control, MaterialKind } from '#modules/trade/materials/contract.ts'
import { NonNegativeText, PositiveText } from '#values/decimal.ts'
import { UnitCode } from '#values/units.ts'
import { readTradeKey } from './trade-file.ts'

const Text = z.string().min(1).max(120)

const MaterialsKey = z.strictObject({
  /** Whose catalogue it is. */
  keeper: Text,
  categories: z.array(
    z.strictObject({
      code: Text,
      name: Text,
      nameEn: Text,
      above: Text.nullable().default(null),
      prefix: Text.nullable().default(null),
      attributes: z
        .array(
          z.strictObject({
            ...Attribute.shape,
            unit: Attribute.shape.unit.default(null),
            choices: Attribute.shape.choices.default([]),
            required: z.boolean().default(false),
          }),
        )
        .default([]),
    }),
  ),
  materials: z.array(
    z.strictObject({
      code: Text,
      name: Text,
      nameEn: Text,
      specification: Text,
      category: Text,
      unit: UnitCode,
      kind: MaterialKind,
      control: Control.default('none'),
      shelfLifeDays: z.int().nullable().default(null),
      inspectedOnReceipt: z.boolean().default(false),
      attributes: z.record(z.string(), z.union([z.string(), z.boolean()])).default({}),
      units: z.partialRecord(UnitCode, PositiveText).default({}),
      drawings: z.array(z.tuple([Text, Text, z.string().regex(/^[A-Z]$/), z.int().min(-400).max(120)])).default([]),
      sources: z
        .array(
          z.strictObject({
            supplier: Text,
            code: Text,
            leadTimeDays: z.int(),
            minimum: PositiveText,
            multiple: PositiveText,
            prices: z.array(z.tuple([NonNegativeText, NonNegativeText])).min(1),
          }),
        )
        .default([]),
    }),
  ),
})
export type DemoMaterials = z.infer<typeof MaterialsKey>

/** The catalogue of the demo chain's leader, with its sources and prices. */
export const loadDemoMaterials = (): DemoMaterials => readTradeKey('materials', MaterialsKey)
