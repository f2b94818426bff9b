import { Checkbox, DatePicker, Form, Input, InputNumber, Select } from 'antd'
import type { Dayjs } from 'dayjs'
import dayjs from 'dayjs'
import { call } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { EditDrawer, EditModal } from '#ui/form.tsx'
import { useLocale, useWords } from '#ui/i18n.ts'
import { PartnerSelect } from '#ui/partner-select.tsx'
import { pickedOfInstant } from '#ui/picked-time.ts'
import { percentToFraction } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { Currency } from '#values/money.ts'
import { type UnitCode, unitCodes, unitName } from '#values/units.ts'
import type { Material } from '../contract.ts'
import { type Source, supplyApi } from '../supply-contract.ts'
import { useChange } from './queries.ts'
import './materials.css'

const day = (value: Dayjs | null | undefined): string | null => value?.format('YYYY-MM-DD') ?? null
const DECIMAL = /^\d{1,12}(\.\d{1,6})?$/

interface TermsValues {
  supplierId: OrgId
  supplierCode?: string
  supplierName?: string
  leadTimeDays?: number | null
  minimum?: string
  multiple?: string
  validFrom: Dayjs
  validUntil?: Dayjs | null
  approved: boolean
}

const termsOf = (values: TermsValues) => ({
  supplierCode: values.supplierCode || null,
  supplierName: values.supplierName || null,
  leadTimeDays: values.leadTimeDays ?? null,
  minimum: values.minimum || null,
  multiple: values.multiple || null,
  validFrom: day(values.validFrom) ?? '',
  validUntil: day(values.validUntil),
})

export function NewSourceDrawer({ material, open, onClose }: { material: Material; open: boolean; onClose: () => void }) {
  const t = useWords('materials')
  const change = useChange()
  return (
    <EditDrawer<TermsValues>
      open={open}
      title={t('sources.addTitle', { code: material.code })}
      initialValues={{ validFrom: pickedOfInstant(nowMs()), approved: true }}
      allowUnchanged
      onClose={onClose}
      fieldOfCode={{
        'materials.sourceExists': 'supplierId',
        'materials.noRelation': 'supplierId',
        'materials.invalidPeriod': 'validUntil',
      }}
      onSubmit={({ supplierId, approved, ...values }) =>
        change(() =>
          call(supplyApi.createSource, {
            params: { id: material.id },
            body: { ...termsOf({ ...values, supplierId, approved }), supplierId, approved },
          }),
        )
      }
    >
      <Form.Item name="supplierId" label={t('sources.supplier')} rules={[{ required: true }]}>
        <PartnerSelect side="buyer" />
      </Form.Item>
      <TermsFields unit={material.baseUnit} />
      <Form.Item name="approved" valuePropName="checked">
        <Checkbox>{t('sources.approveAtOnce')}</Checkbox>
      </Form.Item>
    </EditDrawer>
  )
}

export function EditSourceDrawer({ source, open, onClose }: { source: Source; open: boolean; onClose: () => void }) {
  const t = useWords('materials')
  const change = useChange()
  return (
    <EditDrawer<TermsValues>
      open={open}
      title={t('sources.editTitle', { code: source.materialCode })}
      initialValues={
        {
          ...source,
          validFrom: dayjs(source.validFrom),
          validUntil: source.validUntil && dayjs(source.validUntil),
        } as unknown as Partial<TermsValues>
      }
      onClose={onClose}
      fieldOfCode={{ 'materials.invalidPeriod': 'validUntil' }}
      onReload={() => void change(async () => undefined)}
      onSubmit={(values) =>
        change(() => call(supplyApi.updateSource, { params: { id: source.id }, body: { ...termsOf(values), version: source.version } }))
      }
    >
      <TermsFields unit={source.baseUnit} />
    </EditDrawer>
  )
}

function TermsFields({ unit }: { unit: string }) {
  const t = useWords('materials')
  const base = unitName(unit, useLocale() === 'en-US')
  const decimal = [{ pattern: DECIMAL, message: t('decimalRule') }]
  return (
    <>
      <div className="mt-pair">
        <Form.Item name="supplierCode" label={t('sources.supplierCode')}>
          <Input maxLength={60} autoComplete="off" />
        </Form.Item>
        <Form.Item name="supplierName" label={t('sources.supplierName')}>
          <Input maxLength={120} autoComplete="off" />
        </Form.Item>
        <Form.Item name="leadTimeDays" label={t('sources.leadTime')}>
          <InputNumber min={0} max={3_650} precision={0} suffix={t('days')} className="mt-wide" />
        </Form.Item>
        <Form.Item name="minimum" label={t('sources.minimum')} rules={decimal}>
          <Input inputMode="decimal" autoComplete="off" suffix={base} />
        </Form.Item>
        <Form.Item name="multiple" label={t('sources.multiple')} rules={decimal}>
          <Input inputMode="decimal" autoComplete="off" suffix={base} />
        </Form.Item>
      </div>
      <Period />
    </>
  )
}

function Period() {
  const t = useWords('materials')
  return (
    <div className="mt-pair">
      <Form.Item name="validFrom" label={t('validFrom')} rules={[{ required: true }]}>
        <DatePicker className="mt-wide" />
      </Form.Item>
      <Form.Item name="validUntil" label={t('validUntil')} extra={t('validUntilHint')}>
        <DatePicker className="mt-wide" />
      </Form.Item>
    </div>
  )
}

/** As the supplier. */
export function NameSuppliedModal({ source, open, onClose }: { source: Source; open: boolean; onClose: () => void }) {
  const t = useWords('materials')
  const change = useChange()
  return (
    <EditModal<{ supplierCode?: string; supplierName?: string }>
      open={open}
      title={t('supplied.nameTitle', { code: source.materialCode })}
      initialValues={{ supplierCode: source.supplierCode ?? '', supplierName: source.supplierName ?? '' }}
      onClose={onClose}
      onReload={() => void change(async () => undefined)}
      onSubmit={(values) =>
        change(() =>
          call(supplyApi.nameSupplied, {
            params: { id: source.id },
            body: { version: source.version, supplierCode: values.supplierCode || null, supplierName: values.supplierName || null },
          }),
        )
      }
    >
      <Form.Item name="supplierCode" label={t('supplied.ownCode')}>
        <Input maxLength={60} autoComplete="off" />
      </Form.Item>
      <Form.Item name="supplierName" label={t('supplied.ownName')}>
        <Input maxLength={120} autoComplete="off" />
      </Form.Item>
    </EditModal>
  )
}

interface PriceValues {
  currency: Currency
  unit: UnitCode
  fromQuantity: string
  basis: 'net' | 'gross'
  price: string
  taxPercent: string
  validFrom: Dayjs
  validUntil?: Dayjs | null
}

export function NewPriceDrawer({ source, open, onClose }: { source: Source; open: boolean; onClose: () => void }) {
  const t = useWords('materials')
  const english = useLocale() === 'en-US'
  const change = useChange()
  const decimal = [{ required: true }, { pattern: DECIMAL, message: t('decimalRule') }]
  return (
    <EditDrawer<PriceValues>
      open={open}
      title={t('prices.addTitle', { code: source.materialCode })}
      initialValues={{
        currency: source.price?.currency ?? 'CNY',
        unit: (source.price?.unit ?? source.baseUnit) as UnitCode,
        fromQuantity: '0',
        basis: 'net',
        taxPercent: '13',
        validFrom: pickedOfInstant(nowMs()),
      }}
      allowUnchanged
      onClose={onClose}
      fieldOfCode={{ 'materials.unitUnknown': 'unit', 'materials.invalidPeriod': 'validUntil', 'materials.priceOverlaps': 'validFrom' }}
      onSubmit={(values) =>
        change(() =>
          call(supplyApi.addPrice, {
            params: { id: source.id },
            body: {
              currency: values.currency,
              unit: values.unit,
              fromQuantity: values.fromQuantity,
              taxRate: percentToFraction(values.taxPercent),
              netPrice: values.basis === 'net' ? values.price : null,
              grossPrice: values.basis === 'gross' ? values.price : null,
              validFrom: day(values.validFrom) ?? '',
              validUntil: day(values.validUntil),
            },
          }),
        )
      }
    >
      <div className="mt-pair">
        <Form.Item name="basis" label={t('prices.basis')} rules={[{ required: true }]}>
          <Select options={(['net', 'gross'] as const).map((value) => ({ value, label: t(`prices.${value}`) }))} />
        </Form.Item>
        <Form.Item name="price" label={t('prices.price')} rules={decimal}>
          <Input inputMode="decimal" autoComplete="off" placeholder="12.345678" />
        </Form.Item>
        <Form.Item name="currency" label={t('prices.currency')} rules={[{ required: true }]}>
          <Select options={Currency.options.map((value) => ({ value, label: t(`currencies.${value}`) }))} />
        </Form.Item>
        <Form.Item
          name="taxPercent"
          label={t('prices.taxRate')}
          rules={[{ required: true }, { pattern: /^\d{1,2}(\.\d{1,4})?$/, message: t('prices.taxRule') }]}
        >
          <Input inputMode="decimal" autoComplete="off" suffix="%" />
        </Form.Item>
        <Form.Item name="unit" label={t('prices.unit')} rules={[{ required: true }]}>
          <Select
            showSearch={{ optionFilterProp: 'label' }}
            options={unitCodes.map((value) => ({ value, label: unitName(value, english) }))}
          />
        </Form.Item>
        <Form.Item name="fromQuantity" label={t('prices.fromQuantity')} extra={t('prices.fromHint')} rules={decimal}>
          <Input inputMode="decimal" autoComplete="off" />
        </Form.Item>
      </div>
      <Period />
    </EditDrawer>
  )
}
