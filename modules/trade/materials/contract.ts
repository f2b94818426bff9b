import { z } from 'zod'
import { PositiveText } from '#values/decimal.ts'
import { endpoint } from '#values/endpoint.ts'
import { event } from '#values/event.ts'
import { idOf } from '#values/ids.ts'
import { Instant } from '#values/instant.ts'
import { idList, listQuery, pageOf, wholeList } from '#values/list.ts'
import { permissions } from '#values/permission.ts'
import { UnitCode } from '#values/units.ts'
import { Attribute, AttributeValues, Template } from './attributes.ts'
import { materialsErrors } from './errors.ts'

export const MaterialId = idOf('Material')
export type MaterialId = z.infer<typeof MaterialId>
export const CategoryId = idOf('MaterialCategory')
export type CategoryId = z.infer<typeof CategoryId>
export const SourceId = idOf('MaterialSource')
export type SourceId = z.infer<typeof SourceId>
export const PriceId = idOf('MaterialPrice')
export type PriceId = z.infer<typeof PriceId>

export const materialsPermissions = permissions('materials', {
  read: ['owner', 'systemAdmin', 'engineer', 'staff', 'buyer', 'sales', 'warehouse', 'accountant'],
  manage: ['owner', 'engineer', 'buyer'],
  /** Sources and prices of either side: what one pays, what one gets. */
  readPrices: ['owner', 'buyer', 'sales', 'accountant'],
  /** As the buyer: who supplies what at which price. */
  manageSources: ['owner', 'buyer'],
  /** As the supplier: his own codes and names. */
  manageSupplied: ['owner', 'sales', 'engineer'],
})

export const MaterialKind = z.enum(['raw', 'part', 'sparePart', 'consumable', 'packaging', 'product'])
export type MaterialKind = z.infer<typeof MaterialKind>
/** How stock of it is told apart: not at all, by lot, piece by piece. */
export const Control = z.enum(['none', 'lot', 'serial'])
export type Control = z.infer<typeof Control>

/** Letters of any script, digits and the marks that codes are written with; no blanks. */
export const CODE_PATTERN = /^[\p{L}\p{N}](?:[\p{L}\p{N}._/#+-]{0,58}[\p{L}\p{N}#+])?$/u
const Code = z.string().trim().regex(CODE_PATTERN, { message: 'code' })
const Name = z.string().trim().min(1).max(120)
const Specification = z.string().trim().max(200)

/** One `unit` is `factor` base units. */
export const UnitConversion = z.object({ unit: UnitCode, factor: PositiveText })
export type UnitConversion = z.infer<typeof UnitConversion>

/** A package of it from the smallest to the largest; `quantity` in base units. */
export const Package = z.object({
  unit: UnitCode,
  quantity: PositiveText,
  lengthMm: z.int().min(1).max(100_000).nullable(),
  widthMm: z.int().min(1).max(100_000).nullable(),
  heightMm: z.int().min(1).max(100_000).nullable(),
  grossKg: PositiveText.nullable(),
})
export type Package = z.infer<typeof Package>

const plate = {
  categoryId: CategoryId,
  name: Name,
  nameEn: Name.nullable(),
  specification: Specification,
  kind: MaterialKind,
  control: Control,
  shelfLifeDays: z.int().min(1).max(36_500).nullable(),
  /** 来料必检: what comes in of it goes to quarantine until quality has decided. */
  inspectedOnReceipt: z.boolean(),
  attributes: AttributeValues,
  units: z.array(UnitConversion).max(20),
  packages: z.array(Package).max(10),
  note: z.string().trim().max(1_000),
}

/** `code: null` takes the next number of the category. */
export const NewMaterial = z.object({ ...plate, code: Code.nullable(), baseUnit: UnitCode }).partial({
  code: true,
  nameEn: true,
  specification: true,
  control: true,
  shelfLifeDays: true,
  inspectedOnReceipt: true,
  attributes: true,
  units: true,
  packages: true,
  note: true,
})
export type NewMaterial = z.infer<typeof NewMaterial>

/** As lists show it. */
export const MaterialSummary = z.object({
  id: MaterialId,
  code: z.string(),
  name: z.string(),
  nameEn: z.string().nullable(),
  specification: z.string(),
  categoryId: CategoryId,
  categoryName: z.string(),
  categoryNameEn: z.string().nullable(),
  kind: MaterialKind,
  control: Control,
  baseUnit: z.string(),
  retired: z.boolean(),
  createdAt: Instant,
})
export type MaterialSummary = z.infer<typeof MaterialSummary>

export const Material = MaterialSummary.extend({
  shelfLifeDays: z.int().nullable(),
  inspectedOnReceipt: z.boolean(),
  attributes: AttributeValues,
  /** What the category asks for, in order: own and inherited. */
  template: z.array(Attribute),
  units: z.array(UnitConversion),
  packages: z.array(Package),
  note: z.string(),
  retiredAt: Instant.nullable(),
  version: z.int(),
})
export type Material = z.infer<typeof Material>

const CategoryCode = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z0-9](?:[A-Z0-9.-]{0,18}[A-Z0-9])?$/, { message: 'categoryCode' })

export const NewCategory = z.object({
  parentId: CategoryId.nullable(),
  code: CategoryCode,
  name: Name,
  nameEn: Name.nullable(),
  /** What the codes of its materials begin with; null: as the category above it, and none there: codes are given by hand. */
  prefix: CategoryCode.nullable(),
  attributes: Template,
})
export type NewCategory = z.infer<typeof NewCategory>

export const Category = NewCategory.extend({ id: CategoryId, retired: z.boolean(), version: z.int() })
export type Category = z.infer<typeof Category>

const byId = z.object({ id: MaterialId })
const byCategory = z.object({ id: CategoryId })
const none = z.object({})
const version = z.int()

const categoryEndpoints = {
  categories: endpoint({
    method: 'GET',
    path: '/materials/categories',
    summary: 'The tree of categories as a list, parents before their children.',
    permission: 'materials.read',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({ categories: z.array(Category) }),
    errors: [],
  }),
  createCategory: endpoint({
    method: 'POST',
    path: '/materials/categories',
    summary: 'A new category, with the attributes that it adds to those from above.',
    permission: 'materials.manage',
    params: none,
    query: none,
    body: NewCategory,
    response: Category,
    status: 201,
    errors: [materialsErrors.categoryNotFound, materialsErrors.categoryCodeTaken, materialsErrors.categoryTooDeep],
  }),
  updateCategory: endpoint({
    method: 'PATCH',
    path: '/materials/categories/:id',
    summary: 'Changes a category; materials keep attribute values that it no longer asks for until they are saved again.',
    permission: 'materials.manage',
    params: byCategory,
    query: none,
    body: NewCategory.partial().extend({ version }),
    response: Category,
    errors: [
      materialsErrors.categoryNotFound,
      materialsErrors.categoryCodeTaken,
      materialsErrors.categoryLoop,
      materialsErrors.categoryTooDeep,
      materialsErrors.changedMeanwhile,
    ],
  }),
  retireCategory: endpoint({
    method: 'POST',
    path: '/materials/categories/:id/retire',
    summary: 'Takes an empty category out of use.',
    permission: 'materials.manage',
    params: byCategory,
    query: none,
    body: z.object({ version }),
    response: Category,
    errors: [materialsErrors.categoryNotFound, materialsErrors.categoryInUse, materialsErrors.changedMeanwhile],
  }),
}

const MaterialsQuery = listQuery(['code', 'name', 'createdAt']).extend({
  categoryId: CategoryId.optional().describe('With everything below it.'),
  kind: MaterialKind.optional(),
  state: z.enum(['inUse', 'retired', 'all']).default('inUse'),
  ids: idList(MaterialId, 200).optional(),
})

export const materialsApi = {
  list: endpoint({
    method: 'GET',
    path: '/materials',
    summary: 'The catalogue. `search`: parts of code, name, specification, pinyin or initials; several words must all be found.',
    permission: 'materials.read',
    params: none,
    query: MaterialsQuery,
    body: z.undefined(),
    response: pageOf(MaterialSummary),
    errors: [materialsErrors.categoryNotFound],
  }),
  exportList: endpoint({
    method: 'GET',
    path: '/materials/list/export',
    summary: 'The catalogue as a workbook, as filtered and sorted, up to 200,000 rows; a last row says where there are more.',
    permission: 'materials.read',
    params: z.object({}),
    query: MaterialsQuery.omit(wholeList),
    body: z.undefined(),
    response: z.undefined(),
    answer: 'xlsx',
    errors: [materialsErrors.categoryNotFound],
  }),
  get: endpoint({
    method: 'GET',
    path: '/materials/:id',
    summary: 'One material with its attributes and units.',
    permission: 'materials.read',
    params: byId,
    query: none,
    body: z.undefined(),
    response: Material,
    errors: [materialsErrors.notFound],
  }),
  create: endpoint({
    method: 'POST',
    path: '/materials',
    summary: 'A new material, with a given code or the next number of its category.',
    permission: 'materials.manage',
    params: none,
    query: none,
    body: NewMaterial,
    response: Material,
    status: 201,
    errors: [
      materialsErrors.categoryNotFound,
      materialsErrors.codeTaken,
      materialsErrors.noNumbering,
      materialsErrors.attributesWrong,
      materialsErrors.unitTwice,
    ],
  }),
  update: endpoint({
    method: 'PATCH',
    path: '/materials/:id',
    summary: 'Changes a material; its code stays what it is.',
    permission: 'materials.manage',
    params: byId,
    query: none,
    body: z.object(plate).partial().extend({ version, baseUnit: UnitCode.optional() }),
    response: Material,
    errors: [
      materialsErrors.notFound,
      materialsErrors.categoryNotFound,
      materialsErrors.attributesWrong,
      materialsErrors.unitTwice,
      materialsErrors.baseUnitFixed,
      materialsErrors.retired,
      materialsErrors.changedMeanwhile,
    ],
  }),
  retire: endpoint({
    method: 'POST',
    path: '/materials/:id/retire',
    summary: 'Takes a material out of use; what names it stays readable.',
    permission: 'materials.manage',
    params: byId,
    query: none,
    body: z.object({ version }),
    response: Material,
    errors: [materialsErrors.notFound, materialsErrors.changedMeanwhile],
  }),
  reactivate: endpoint({
    method: 'POST',
    path: '/materials/:id/reactivate',
    summary: 'Takes a retired material into use again.',
    permission: 'materials.manage',
    params: byId,
    query: none,
    body: z.object({ version }),
    response: Material,
    errors: [materialsErrors.notFound, materialsErrors.changedMeanwhile],
  }),
  ...categoryEndpoints,
}

const MaterialNews = z.object({ materialId: MaterialId, code: z.string(), name: z.string() })

export const materialsEvents = {
  created: event('materials.created', 1, MaterialNews),
  changed: event('materials.changed', 1, MaterialNews),
  retired: event('materials.retired', 1, MaterialNews),
}
