import { useQueryClient } from '@tanstack/react-query'
import { Form, Input, Segmented } from 'antd'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { EditDrawer } from '#ui/form.tsx'
import { useLocale, useWords } from '#ui/i18n.ts'
import { readDecimal } from '#values/decimal.ts'
import { unitName } from '#values/units.ts'
import { type Receipt, type ReceiptLine, receivingApi, type TakenFrom } from '../receiving-contract.ts'
import { newKey } from './receipt-queue.ts'

interface Values {
  reason: string
  quantities: Record<string, string | undefined>
  places: Record<string, TakenFrom | undefined>
}

const amount = (text: string) => readDecimal(text) ?? 0n

/** Where something of a row may be taken from; what waits for inspection is not taken out of quarantine by hand. */
const placesOf = (line: ReceiptLine): TakenFrom[] =>
  (['warehouse', 'quarantine', 'excess'] as const).filter(
    (place) => amount(line.remains[place]) > 0n && !(place === 'quarantine' && line.inspect),
  )
export const canReturn = ({ lines }: Receipt) => lines.some((line) => placesOf(line).length > 0)

/** Goods go back to the supplier, from wherever they lie. */
export function ReturnForm({ receipt, onClose }: { receipt: Receipt; onClose: () => void }) {
  const t = useWords('logistics')
  const client = useQueryClient()
  // The same key for a second try: what went through without an answer is not returned twice.
  const [returnKey] = useState(newKey)
  const rows = receipt.lines.flatMap((line) => {
    const places = placesOf(line)
    return places.length > 0 ? [{ line, places }] : []
  })
  return (
    <EditDrawer<Values>
      open
      title={t('returnTitle', { number: receipt.number })}
      danger
      submitText={t('return')}
      onClose={onClose}
      onSubmit={async ({ reason, quantities, places }) => {
        const lines = rows.flatMap(({ line }) => {
          const quantity = quantities[line.id]?.trim()
          const from = places?.[line.id] ?? placesOf(line)[0]
          return quantity && from ? [{ receiptLineId: line.id, quantity, from }] : []
        })
        await call(receivingApi.returnGoods, { body: { returnKey, receiptId: receipt.id, reason, lines } })
        await client.invalidateQueries({ queryKey: ['logistics'] })
      }}
    >
      <p className="ls-quiet">{t('returnHint')}</p>
      <Form.Item name="reason" label={t('reason')} rules={[{ required: true, message: t('required') }]}>
        <Input maxLength={200} />
      </Form.Item>
      {rows.map(({ line, places }) => (
        <ReturnRow key={line.id} line={line} places={places} />
      ))}
    </EditDrawer>
  )
}

function ReturnRow({ line, places }: { line: ReceiptLine; places: readonly TakenFrom[] }) {
  const t = useWords('logistics')
  const unit = unitName(line.unit, useLocale() === 'en-US')
  const form = Form.useFormInstance<Values>()
  const place = Form.useWatch(['places', line.id], form) ?? places[0] ?? 'warehouse'
  return (
    <>
      <Form.Item
        name={['quantities', line.id]}
        dependencies={[['places', line.id]]}
        label={`${line.materialCode} ${line.materialName} ${line.lot ?? ''}`}
        extra={t('atMost', { most: line.remains[place], unit })}
        rules={[atMost(line.remains[place], t('atMost', { most: line.remains[place], unit }))]}
      >
        <Input inputMode="decimal" suffix={unit} />
      </Form.Item>
      <Form.Item name={['places', line.id]} initialValue={places[0]} hidden={places.length === 1}>
        <Segmented options={places.map((value) => ({ value, label: t(`places.${value}`) }))} />
      </Form.Item>
    </>
  )
}

/** Empty, or a number above zero and not above `most`. */
export const atMost = (most: string, message: string) => ({
  validator: async (_: unknown, value: string | undefined) => {
    if (!value?.trim()) return
    const quantity = readDecimal(value.trim())
    if (quantity === undefined || quantity <= 0n || quantity > amount(most)) throw new Error(message)
  },
})
