import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Form, Input, InputNumber, Select } from 'antd'
import { schemaRule } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { NonNegativeText, PositiveText } from '#values/decimal.ts'
import { unitCodes } from '#values/units.ts'
import { type AgreementLine, MAX_BREAKS, type ProposedContent } from '../../agreement-contract.ts'
import { MAX_LINES } from '../../contract.ts'
import { MaterialSelect } from '../material-select.tsx'
import { fractionOf, percentOf, useUnitName } from '../sourcing-words.tsx'

export interface Line {
  no?: number | null
  materialId?: string
  unit?: string
  taxPercent?: number | null
  targetQuantity?: string
  targetAmount?: string
  breaks?: { from?: string; netPrice?: string }[]
}

const VAT_PERCENT = 13

/** As the endpoint takes them; what is wrong is said at the fields. */
export const linesOf = (lines: readonly Line[]) =>
  lines.map((line) => ({
    no: line.no ?? null,
    materialId: line.materialId ?? '',
    unit: line.unit ?? '',
    taxRate: fractionOf(line.taxPercent ?? VAT_PERCENT),
    targetQuantity: line.targetQuantity || null,
    targetAmount: line.targetAmount || null,
    breaks: (line.breaks ?? []).map(({ from, netPrice }) => ({ from: from ?? '', netPrice: netPrice ?? '' })),
  })) satisfies { [Key in keyof ProposedContent['lines'][number]]: unknown }[]

export const typedLines = (lines: readonly AgreementLine[]): Line[] =>
  lines.map((line) => ({
    no: line.no,
    materialId: line.materialId,
    unit: line.unit,
    taxPercent: percentOf(line.taxRate),
    targetQuantity: line.targetQuantity ?? '',
    targetAmount: line.targetAmount ?? '',
    breaks: line.breaks.map((one) => ({ ...one })),
  }))

/** `fixed`: no materials are added. */
export function EditLines({ known, fixed = false }: { known: readonly AgreementLine[]; fixed?: boolean }) {
  const t = useWords('sourcing')
  return (
    <Form.List name="lines">
      {(fields, { add, remove }) => (
        <div className="so-lines">
          {fields.map((field) => (
            <EditLine key={field.key} at={field.name} known={known} onRemove={fields.length > 1 ? () => remove(field.name) : undefined} />
          ))}
          {!fixed && (
            <Button
              icon={<PlusOutlined aria-hidden />}
              disabled={fields.length >= MAX_LINES}
              onClick={() => add({ taxPercent: VAT_PERCENT, breaks: [{ from: '0' }] })}
            >
              {t('agreement.addLine')}
            </Button>
          )}
        </div>
      )}
    </Form.List>
  )
}

interface LineProps {
  at: number
  known: readonly AgreementLine[]
  onRemove: (() => void) | undefined
}

function EditLine({ at, known, onRemove }: LineProps) {
  const t = useWords('sourcing')
  const unit = useUnitName()
  const needed = [{ required: true, message: t('required') }]
  const stands = typeof Form.useWatch(['lines', at, 'no']) === 'number'
  return (
    <div className="so-bid-line">
      <div className="so-agreed">
        <Form.Item name={[at, 'no']} hidden>
          <Input />
        </Form.Item>
        <Form.Item name={[at, 'materialId']} label={t('material')} rules={needed} className="so-double">
          <MaterialSelect known={known} unitField={['lines', at, 'unit']} disabled={stands} />
        </Form.Item>
        <Form.Item name={[at, 'unit']} label={t('unit')} rules={needed}>
          <Select
            disabled={stands}
            showSearch={{ optionFilterProp: 'label' }}
            options={unitCodes.map((value) => ({ value, label: unit(value) }))}
          />
        </Form.Item>
        <Form.Item name={[at, 'taxPercent']} label={t('agreement.taxPercent')} initialValue={VAT_PERCENT} rules={needed}>
          <InputNumber min={0} max={100} precision={2} className="so-wide" />
        </Form.Item>
        <Form.Item name={[at, 'targetQuantity']} label={t('agreement.targetQuantity')} rules={[schemaRule(PositiveText, t)]}>
          <Input placeholder={t('agreement.noTarget')} inputMode="decimal" maxLength={20} autoComplete="off" />
        </Form.Item>
        <Form.Item name={[at, 'targetAmount']} label={t('agreement.targetAmount')} rules={[schemaRule(PositiveText, t)]}>
          <Input placeholder={t('agreement.noTarget')} inputMode="decimal" maxLength={20} autoComplete="off" />
        </Form.Item>
        <Form.Item label=" ">
          <Button icon={<DeleteOutlined aria-hidden />} aria-label={t('removeLine')} disabled={!onRemove} onClick={onRemove} />
        </Form.Item>
      </div>
      <Breaks at={at} />
    </div>
  )
}

function Breaks({ at }: { at: number }) {
  const t = useWords('sourcing')
  const needed = { required: true, message: t('required') }
  return (
    <Form.List name={[at, 'breaks']}>
      {(fields, { add, remove }) => (
        <>
          {fields.map((field, i) => (
            <div key={field.key} className="so-slot">
              <Form.Item name={[field.name, 'from']} label={t('agreement.breakFrom')} rules={[needed, schemaRule(NonNegativeText, t)]}>
                <Input disabled={i === 0} inputMode="decimal" maxLength={20} autoComplete="off" />
              </Form.Item>
              <Form.Item name={[field.name, 'netPrice']} label={t('netPrice')} rules={[needed, schemaRule(NonNegativeText, t)]}>
                <Input inputMode="decimal" maxLength={20} autoComplete="off" />
              </Form.Item>
              <Form.Item label=" ">
                <Button
                  icon={<DeleteOutlined aria-hidden />}
                  aria-label={t('agreement.removeBreak')}
                  disabled={i === 0}
                  onClick={() => remove(field.name)}
                />
              </Form.Item>
            </div>
          ))}
          <Button size="small" icon={<PlusOutlined aria-hidden />} disabled={fields.length >= MAX_BREAKS} onClick={() => add({})}>
            {t('agreement.addBreak')}
          </Button>
        </>
      )}
    </Form.List>
  )
}
