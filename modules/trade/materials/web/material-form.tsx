import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Checkbox, Form, Input, InputNumber, Select, Switch } from 'antd'
import { useNavigate } from 'react-router'
import { call } from '#ui/api.ts'
import { EditDrawer } from '#ui/form.tsx'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { type UnitCode, unitCodes, unitName } from '#values/units.ts'
import { type Attribute, type AttributeValues, inherited } from '../attributes.ts'
import {
  type Category,
  type CategoryId,
  Control,
  type Material,
  MaterialKind,
  materialsApi,
  type Package,
  type UnitConversion,
} from '../contract.ts'
import { categoryOptions, materialQueries, useChange } from './queries.ts'
import './materials.css'

interface Values {
  code?: string
  categoryId: CategoryId
  name: string
  nameEn?: string | null
  specification?: string
  kind: MaterialKind
  control: Control
  baseUnit: UnitCode
  shelfLifeDays?: number | null
  inspectedOnReceipt?: boolean
  attributes?: Record<string, string | boolean | undefined>
  units?: Partial<UnitConversion>[]
  packages?: Partial<Package>[]
  note?: string
}

const plateOf = (values: Values) => ({
  categoryId: values.categoryId,
  name: values.name,
  nameEn: values.nameEn || null,
  specification: values.specification ?? '',
  kind: values.kind,
  control: values.control,
  baseUnit: values.baseUnit,
  shelfLifeDays: values.shelfLifeDays ?? null,
  inspectedOnReceipt: values.inspectedOnReceipt ?? false,
  attributes: Object.fromEntries(
    Object.entries(values.attributes ?? {}).filter(([, value]) => value !== undefined && value !== ''),
  ) as AttributeValues,
  units: (values.units ?? []) as UnitConversion[],
  packages: (values.packages ?? []).map((one) => ({
    unit: one.unit as UnitCode,
    quantity: one.quantity ?? '',
    lengthMm: one.lengthMm ?? null,
    widthMm: one.widthMm ?? null,
    heightMm: one.heightMm ?? null,
    grossKg: one.grossKg || null,
  })),
  note: values.note ?? '',
})

export function NewMaterialDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useWords('materials')
  const change = useChange()
  const navigate = useNavigate()
  return (
    <EditDrawer<Values>
      open={open}
      title={t('addTitle')}
      width={640}
      initialValues={{ kind: 'part', control: 'none', baseUnit: 'H87' }}
      allowUnchanged
      onClose={onClose}
      fieldOfCode={{ 'materials.codeTaken': 'code', 'materials.noNumbering': 'code', 'materials.categoryNotFound': 'categoryId' }}
      onSubmit={async (values) => {
        const made = await change(() => call(materialsApi.create, { body: { ...plateOf(values), code: values.code || null } }))
        void navigate(`/materials/${made.id}`)
      }}
    >
      <Form.Item name="code" label={t('code')} extra={t('codeHint')}>
        <Input maxLength={60} autoComplete="off" placeholder={t('codeExample')} />
      </Form.Item>
      <MaterialFields />
    </EditDrawer>
  )
}

export function EditMaterialDrawer({ material, open, onClose }: { material: Material; open: boolean; onClose: () => void }) {
  const t = useWords('materials')
  const change = useChange()
  return (
    <EditDrawer<Values>
      open={open}
      title={t('editTitle', { code: material.code })}
      width={640}
      initialValues={{ ...material, baseUnit: material.baseUnit as UnitCode, attributes: material.attributes }}
      onClose={onClose}
      onReload={() => void change(async () => undefined)}
      fieldOfCode={{ 'materials.baseUnitFixed': 'baseUnit', 'materials.categoryNotFound': 'categoryId' }}
      onSubmit={(values) =>
        change(() => call(materialsApi.update, { params: { id: material.id }, body: { ...plateOf(values), version: material.version } }))
      }
    >
      <MaterialFields />
    </EditDrawer>
  )
}

function MaterialFields() {
  const t = useWords('materials')
  const locale = useLocale()
  const { data } = useQuery(materialQueries.categories)
  const units = useUnitOptions()
  return (
    <>
      <Form.Item name="categoryId" label={t('category')} rules={[{ required: true }]}>
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          options={categoryOptions(data?.categories ?? [], locale)}
          placeholder={t('chooseCategory')}
        />
      </Form.Item>
      <Form.Item name="name" label={t('materialName')} rules={[{ required: true, whitespace: true }]}>
        <Input maxLength={120} autoComplete="off" placeholder={t('nameExample')} />
      </Form.Item>
      <Form.Item name="specification" label={t('specification')}>
        <Input maxLength={200} autoComplete="off" placeholder={t('specificationExample')} />
      </Form.Item>
      <Form.Item name="nameEn" label={`${t('nameEn')}（${t('ui:optional')}）`}>
        <Input maxLength={120} autoComplete="off" />
      </Form.Item>
      <div className="mt-pair">
        <Form.Item name="kind" label={t('kind')} rules={[{ required: true }]}>
          <Select options={MaterialKind.options.map((value) => ({ value, label: t(`kinds.${value}`) }))} />
        </Form.Item>
        <Form.Item name="baseUnit" label={t('baseUnitLong')} rules={[{ required: true }]}>
          <Select showSearch={{ optionFilterProp: 'label' }} options={units} />
        </Form.Item>
        <Form.Item name="control" label={t('control')} rules={[{ required: true }]}>
          <Select options={Control.options.map((value) => ({ value, label: t(`controls.${value}`) }))} />
        </Form.Item>
        <Form.Item name="shelfLifeDays" label={`${t('shelfLife')}（${t('ui:optional')}）`}>
          <InputNumber min={1} max={36_500} precision={0} className="mt-wide" suffix={t('days')} />
        </Form.Item>
      </div>
      <Form.Item name="inspectedOnReceipt" valuePropName="checked" extra={t('inspectedHint')}>
        <Checkbox>{t('inspected')}</Checkbox>
      </Form.Item>
      <AttributeFields categories={data?.categories ?? []} />
      <ConversionFields units={units} />
      <PackageFields units={units} />
      <Form.Item name="note" label={`${t('note')}（${t('ui:optional')}）`}>
        <Input.TextArea maxLength={1_000} rows={2} />
      </Form.Item>
    </>
  )
}

function useUnitOptions() {
  const english = useLocale() === 'en-US'
  return unitCodes.map((value) => ({
    value,
    label: english ? `${unitName(value, true)} · ${value}` : `${unitName(value, false)} · ${unitName(value, true)}`,
  }))
}

/** What the chosen category asks for. */
function AttributeFields({ categories }: { categories: readonly Category[] }) {
  const t = useWords('materials')
  const locale = useLocale()
  const categoryId = Form.useWatch<CategoryId | undefined>('categoryId')
  const byId = new Map(categories.map((category) => [category.id, category]))
  const path: Attribute[][] = []
  for (let at = categoryId && byId.get(categoryId); at; at = at.parentId ? byId.get(at.parentId) : undefined) path.unshift(at.attributes)
  const template = inherited(path)
  if (template.length === 0) return null
  return (
    <fieldset className="mt-fields">
      <legend>{t('attributes')}</legend>
      <div className="mt-pair">
        {template.map((attribute) => (
          <Form.Item
            key={attribute.key}
            name={['attributes', attribute.key]}
            label={nameIn(locale, attribute.label, attribute.labelEn)}
            rules={attribute.required ? [{ required: true }] : []}
            {...(attribute.type === 'yesNo' ? { valuePropName: 'checked' } : {})}
          >
            {fieldOf(attribute)}
          </Form.Item>
        ))}
      </div>
    </fieldset>
  )
}

function fieldOf({ type, unit, choices }: Attribute) {
  switch (type) {
    case 'choice':
      return <Select allowClear options={choices.map((value) => ({ value, label: value }))} />
    case 'yesNo':
      return <Switch />
    case 'number':
      return <Input inputMode="decimal" autoComplete="off" {...(unit ? { suffix: unit } : {})} />
    case 'text':
      return <Input maxLength={200} autoComplete="off" />
    default:
      return type satisfies never
  }
}

/** 1 箱 = 50 件 */
function ConversionFields({ units }: { units: { value: UnitCode; label: string }[] }) {
  const t = useWords('materials')
  const english = useLocale() === 'en-US'
  const baseUnit = Form.useWatch<UnitCode | undefined>('baseUnit')
  return (
    <fieldset className="mt-fields">
      <legend>{t('conversions')}</legend>
      <Form.List name="units">
        {(fields, { add, remove }) => (
          <>
            {fields.map((field) => (
              <div key={field.key} className="mt-conversion">
                <span>1</span>
                <Form.Item name={[field.name, 'unit']} rules={[{ required: true }]}>
                  <Select
                    showSearch={{ optionFilterProp: 'label' }}
                    options={units.filter((one) => one.value !== baseUnit)}
                    aria-label={t('baseUnit')}
                  />
                </Form.Item>
                <span>=</span>
                <Form.Item
                  name={[field.name, 'factor']}
                  rules={[{ required: true, pattern: /^\d{1,12}(\.\d{1,6})?$/, message: t('factorRule') }]}
                >
                  <Input inputMode="decimal" autoComplete="off" suffix={baseUnit && unitName(baseUnit, english)} aria-label={t('factor')} />
                </Form.Item>
                <Button icon={<DeleteOutlined aria-hidden />} aria-label={t('remove')} onClick={() => remove(field.name)} />
              </div>
            ))}
            <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({})}>
              {t('addConversion')}
            </Button>
          </>
        )}
      </Form.List>
    </fieldset>
  )
}

function PackageFields({ units }: { units: { value: UnitCode; label: string }[] }) {
  const t = useWords('materials')
  const english = useLocale() === 'en-US'
  const baseUnit = Form.useWatch<UnitCode | undefined>('baseUnit')
  const decimal = { pattern: /^\d{1,12}(\.\d{1,6})?$/, message: t('factorRule') }
  return (
    <fieldset className="mt-fields">
      <legend>{t('packages.title')}</legend>
      <Form.List name="packages">
        {(fields, { add, remove }) => (
          <>
            {fields.map(({ key, name }) => (
              <div key={key} className="mt-attribute">
                <Form.Item name={[name, 'unit']} label={t('packages.unit')} rules={[{ required: true }]}>
                  <Select showSearch={{ optionFilterProp: 'label' }} options={units} />
                </Form.Item>
                <Form.Item name={[name, 'quantity']} label={t('packages.quantity')} rules={[{ required: true }, decimal]}>
                  <Input inputMode="decimal" autoComplete="off" suffix={baseUnit && unitName(baseUnit, english)} />
                </Form.Item>
                {(['lengthMm', 'widthMm', 'heightMm'] as const).map((side) => (
                  <Form.Item key={side} name={[name, side]} label={t(`packages.${side}`)}>
                    <InputNumber min={1} max={100_000} precision={0} suffix="mm" className="mt-wide" />
                  </Form.Item>
                ))}
                <Form.Item name={[name, 'grossKg']} label={t('packages.gross')} rules={[decimal]}>
                  <Input inputMode="decimal" autoComplete="off" suffix="kg" />
                </Form.Item>
                <Form.Item label=" ">
                  <Button icon={<DeleteOutlined aria-hidden />} onClick={() => remove(name)}>
                    {t('remove')}
                  </Button>
                </Form.Item>
              </div>
            ))}
            <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({})}>
              {t('packages.add')}
            </Button>
          </>
        )}
      </Form.List>
    </fieldset>
  )
}
