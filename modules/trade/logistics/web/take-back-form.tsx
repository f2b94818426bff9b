import { useQueryClient } from '@tanstack/react-query'
import { App, Checkbox, Form, Input, Select } from 'antd'
import type { LocationId } from '#modules/trade/inventory/contract.ts'
import { call } from '#ui/api.ts'
import { EditDrawer } from '#ui/form.tsx'
import { useLocale, useWords } from '#ui/i18n.ts'
import { readDecimal, writeDecimal, ZERO } from '#values/decimal.ts'
import { unitName } from '#values/units.ts'
import type { Shipment } from '../contract.ts'
import { type Returning, transitApi } from '../transit-contract.ts'
import { atMost } from './return-form.tsx'

interface Entry {
  quantity?: string
  name?: string
}
interface Values {
  place: LocationId | 'quarantine'
  entries: Record<string, Entry | undefined>
  rest: boolean
}

/** One field for each lot or number that the buyer wrote down; one alone where there is none, or where part of it is back already. */
interface Row {
  key: string
  of: Returning
  most: string
  entry: Entry
}

export function rowsOf(items: readonly Returning[]): Row[] {
  return items.flatMap((of) => {
    const whole = of.left === of.quantity && of.names.length > 0
    const names = whole ? of.names : [{ lot: of.names[0]?.lot ?? null, serial: of.names[0]?.serial ?? null, quantity: of.left }]
    return names.map(({ lot, serial, quantity }, i) => {
      const name = of.control === 'serial' ? serial : of.control === 'lot' ? lot : null
      return { key: `${of.id}.${i}`, of, most: quantity, entry: { quantity, ...(name ? { name } : {}) } }
    })
  })
}

const amount = (text: string | undefined) => readDecimal(text?.trim() || '0') ?? ZERO

/** What each row books in; with `rest` what is then left of its claim or return is given up. */
export function linesOf(rows: readonly Row[], { entries, rest }: Pick<Values, 'entries' | 'rest'>) {
  const left = new Map(rows.map(({ of }) => [of.id, amount(of.left)]))
  for (const { key, of } of rows) left.set(of.id, (left.get(of.id) ?? ZERO) - amount(entries[key]?.quantity))
  return rows.flatMap(({ key, of }, i) => {
    const { quantity = '', name = '' } = entries[key] ?? {}
    const isLast = rows.findLastIndex((row) => row.of.id === of.id) === i
    const forgone = rest && isLast ? (left.get(of.id) ?? ZERO) : ZERO
    if (amount(quantity) === ZERO && forgone <= ZERO) return []
    const named = { lot: of.control === 'lot' ? name.trim() || null : null, serial: of.control === 'serial' ? name.trim() || null : null }
    return [{ cause: of.cause, id: of.id, quantity: writeDecimal(amount(quantity)), forgone: writeDecimal(forgone), ...named }]
  })
}

/** The supplier has the goods in his hands again: into a warehouse or into quarantine. */
export function TakeBackForm({
  shipment,
  items,
  places,
  onClose,
}: {
  shipment: Shipment
  items: readonly Returning[]
  places: readonly { id: LocationId; name: string }[]
  onClose: () => void
}) {
  const t = useWords('logistics')
  const client = useQueryClient()
  const { message } = App.useApp()
  const rows = rowsOf(items)
  return (
    <EditDrawer<Values>
      open
      title={t('takeBack.formTitle', { number: shipment.number ?? '' })}
      submitText={t('takeBack.button')}
      allowUnchanged
      initialValues={{ place: 'quarantine', rest: false, entries: Object.fromEntries(rows.map((row) => [row.key, row.entry])) }}
      onClose={onClose}
      onSubmit={async ({ place, ...values }) => {
        const body = { locationId: place === 'quarantine' ? null : place, lines: linesOf(rows, values) }
        await call(transitApi.takeBack, { params: { id: shipment.id }, body })
        await client.invalidateQueries({ queryKey: ['logistics'] })
        void message.success(t('takeBack.done'))
      }}
    >
      <p className="ls-quiet">{t('takeBack.hint')}</p>
      <Form.Item name="place" label={t('takeBack.place')}>
        <Select
          options={[
            { value: 'quarantine', label: t('takeBack.quarantine') },
            ...places.map((place) => ({ value: place.id, label: place.name })),
          ]}
        />
      </Form.Item>
      {rows.map((row) => (
        <RowFields key={row.key} row={row} />
      ))}
      <Form.Item name="rest" valuePropName="checked">
        <Checkbox>{t('takeBack.rest')}</Checkbox>
      </Form.Item>
    </EditDrawer>
  )
}

function RowFields({ row: { key, of, most } }: { row: Row }) {
  const t = useWords('logistics')
  const unit = unitName(of.unit, useLocale() === 'en-US')
  const limit = t('atMost', { most, unit })
  return (
    <>
      <Form.Item
        name={['entries', key, 'quantity']}
        label={`${of.number} · ${t(`takeBack.causes.${of.cause}`)} · ${of.materialCode} ${of.materialName}`}
        extra={of.control === null ? t('takeBack.noStock') : limit}
        rules={[atMost(most, limit)]}
      >
        <Input inputMode="decimal" suffix={unit} aria-label={`${t('takeBack.now')} ${of.number} ${of.materialCode}`} />
      </Form.Item>
      {(of.control === 'lot' || of.control === 'serial') && (
        <Form.Item
          name={['entries', key, 'name']}
          label={of.control === 'lot' ? t('lot') : 'SN'}
          dependencies={[['entries', key, 'quantity']]}
          rules={[
            ({ getFieldValue }) => ({
              required: amount(getFieldValue(['entries', key, 'quantity'])) > ZERO,
              message: t(of.control === 'lot' ? 'takeBack.lotNeeded' : 'takeBack.serialNeeded'),
            }),
          ]}
        >
          <Input maxLength={60} />
        </Form.Item>
      )}
    </>
  )
}
