import { Alert, DatePicker, Form, Input, InputNumber, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { call } from '#ui/api.ts'
import { EditDrawer, schemaRule } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { NonNegativeText, PositiveText } from '#values/decimal.ts'
import { type BidLine, type InvitationDetail, MouldOwner, sourcingApi } from '../contract.ts'
import { useChange } from './queries.ts'
import { fractionOf, percentOf, useUnitName } from './sourcing-words.tsx'
import './sourcing.css'

interface Line {
  netPrice?: string
  taxPercent?: number | null
  leadTimeDays?: number | null
  minimum?: string
  validUntil?: Dayjs | null
  mouldOwner?: MouldOwner
  mouldCost?: string
  note?: string
}
interface Values {
  lines: Line[]
  note?: string
}

const VAT_PERCENT = 13

/** A price for each line that is quoted; lines without one are left out. */
export function BidDrawer({ invitation, open, onClose }: { invitation: InvitationDetail; open: boolean; onClose: () => void }) {
  const t = useWords('sourcing')
  const change = useChange()
  const unit = useUnitName()
  const before = new Map(invitation.bid?.lines.map((line) => [line.no, line]))
  const submit = async ({ lines, note }: Values) => {
    const quoted = invitation.lines.flatMap(({ no }, i) => {
      const line = lines[i]
      return line?.netPrice ? [bidLine(no, line)] : []
    })
    await change(() =>
      call(sourcingApi.bid, { params: { id: invitation.id }, body: { version: invitation.version, note: note ?? '', lines: quoted } }),
    )
  }
  return (
    <EditDrawer<Values>
      open={open}
      title={t(invitation.bid ? 'bid.change' : 'bid.hand')}
      submitText={t('bid.hand')}
      successText={t('bid.handed')}
      width={720}
      allowUnchanged
      initialValues={{ note: invitation.bid?.note ?? '', lines: invitation.lines.map(({ no }) => valuesOf(before.get(no))) }}
      onClose={onClose}
      onSubmit={submit}
    >
      <Alert type="info" showIcon className="ls-form-failure" title={`${t('bid.hint')}${t('bid.skip')}`} />
      {invitation.lines.map((line, i) => (
        <div key={line.no} className="so-bid-line">
          <b>
            {line.no}. {line.code} {line.name}
          </b>{' '}
          <span className="ls-quiet">
            {line.specification} · {line.quantity} {unit(line.unit)} {line.note}
          </span>
          <Fields at={i} unit={unit(line.unit)} currency={invitation.currency} />
        </div>
      ))}
      <Form.Item name="note" label={t('bidNote')}>
        <Input.TextArea maxLength={1_000} autoSize={{ minRows: 2 }} />
      </Form.Item>
      <Form.Item
        name="some"
        noStyle
        dependencies={['lines']}
        rules={[
          ({ getFieldValue }) => ({
            validator: async () =>
              (getFieldValue('lines') as Line[]).some((line) => line.netPrice) ? undefined : Promise.reject(new Error(t('bid.nothing'))),
          }),
        ]}
      >
        <input type="hidden" />
      </Form.Item>
      <Form.Item noStyle shouldUpdate>
        {({ getFieldError }) => getFieldError('some').map((text) => <Alert key={text} type="error" title={text} />)}
      </Form.Item>
    </EditDrawer>
  )
}

function bidLine(no: number, line: Line): BidLine {
  const mouldOwner = line.mouldOwner ?? 'none'
  return {
    no,
    netPrice: line.netPrice ?? '',
    taxRate: fractionOf(line.taxPercent ?? VAT_PERCENT),
    leadTimeDays: line.leadTimeDays ?? null,
    minimum: line.minimum || null,
    validUntil: line.validUntil?.format('YYYY-MM-DD') ?? null,
    mouldOwner,
    mouldCost: mouldOwner === 'none' ? null : line.mouldCost || null,
    note: line.note ?? '',
  }
}

const valuesOf = (line: BidLine | undefined): Line =>
  line === undefined
    ? { taxPercent: VAT_PERCENT, mouldOwner: 'none' }
    : {
        netPrice: line.netPrice,
        taxPercent: percentOf(line.taxRate),
        leadTimeDays: line.leadTimeDays,
        minimum: line.minimum ?? '',
        validUntil: line.validUntil === null ? null : dayjs(line.validUntil),
        mouldOwner: line.mouldOwner,
        mouldCost: line.mouldCost ?? '',
        note: line.note,
      }

function Fields({ at, unit, currency }: { at: number; unit: string; currency: string }) {
  const t = useWords('sourcing')
  const name = (field: keyof Line) => ['lines', at, field]
  return (
    <div className="so-bid-fields">
      <Form.Item name={name('netPrice')} label={t('netPrice')} rules={[schemaRule(NonNegativeText, t)]}>
        <Input suffix={`${currency}/${unit}`} inputMode="decimal" maxLength={20} autoComplete="off" />
      </Form.Item>
      <Form.Item name={name('taxPercent')} label={t('bid.taxPercent')}>
        <InputNumber min={0} max={100} precision={2} className="so-wide" />
      </Form.Item>
      <Form.Item name={name('leadTimeDays')} label={t('bid.leadDays')}>
        <InputNumber min={0} max={3_650} precision={0} className="so-wide" />
      </Form.Item>
      <Form.Item name={name('minimum')} label={t('minimum')} rules={[schemaRule(PositiveText, t)]}>
        <Input suffix={unit} inputMode="decimal" maxLength={20} autoComplete="off" />
      </Form.Item>
      <Form.Item name={name('validUntil')} label={t('validUntil')}>
        <DatePicker className="so-wide" />
      </Form.Item>
      <Form.Item name={name('mouldOwner')} label={t('mouldOwner')}>
        <Select options={MouldOwner.options.map((value) => ({ value, label: t(`mouldOwners.${value}`) }))} />
      </Form.Item>
      <Form.Item noStyle dependencies={[name('mouldOwner')]}>
        {({ getFieldValue }) => (
          <Form.Item name={name('mouldCost')} label={t('mouldCost')} rules={[schemaRule(NonNegativeText, t)]}>
            <Input
              suffix={currency}
              inputMode="decimal"
              maxLength={20}
              autoComplete="off"
              disabled={getFieldValue(name('mouldOwner')) === 'none'}
            />
          </Form.Item>
        )}
      </Form.Item>
      <Form.Item name={name('note')} label={t('lineNote')}>
        <Input maxLength={300} autoComplete="off" />
      </Form.Item>
    </div>
  )
}
